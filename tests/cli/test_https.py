"""`caihong serve --cert --key`: HTTPS without a proxy in front."""

import datetime
import ipaddress
import ssl
import subprocess
import sys
import urllib.request

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kernel import clock
from tests.harness.databases import copy_migrated
from tests.harness.live import environment_for
from tests.harness.postgresql import free_port
from tests.harness.run import ROOT
from web.render import STATIC

HOST = "127.0.0.1"
LARGE = "vendor/swagger-ui-bundle.js"
PEM = serialization.Encoding.PEM


@pytest.fixture
def signed(tmp_path):
    """A certificate for this host that signs itself, and its key, as the paths of two files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "caihong.test")])
    today = datetime.datetime.fromtimestamp(clock.now() // 1_000_000, datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    chain, secret = tmp_path / "chain.pem", tmp_path / "key.pem"
    chain.write_bytes(certificate.public_bytes(PEM))
    plain = serialization.NoEncryption()
    secret.write_bytes(key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, plain))
    return chain, secret


def test_what_is_answered_over_https_arrives_whole(signed, tmp_path):
    chain, secret = signed
    copy_migrated(tmp_path / "caihong.db")
    port = free_port()
    command = [sys.executable, "-m", "cli.main", "serve", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--cert", str(chain), "--key", str(secret)],
        cwd=ROOT,
        env=environment_for(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        assert process.stdout
        assert f"Serving on https://{HOST}:{port}" in process.stdout.readline().decode()
        trusted = ssl.create_default_context(cafile=str(chain))
        for path, body in (
            ("healthz", b'{"status":"ok"}'),
            (f"static/{LARGE}", (STATIC / LARGE).read_bytes()),
        ):
            with urllib.request.urlopen(f"https://{HOST}:{port}/{path}", context=trusted) as told:
                assert told.read() == body
    finally:
        process.terminate()
        process.communicate(timeout=15)
