"""`caihong serve`: one server for a file, plain refusals, safe defaults, quick ends."""

import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from cli import serving as cli_serving
from tests.harness.databases import copy_migrated, scratch_database
from tests.harness.live import caihong, environment_for, serving
from tests.harness.postgresql import free_port
from tests.harness.run import ROOT

SERVE = (sys.executable, "-m", "cli.main", "serve")


def refused(*arguments, environment):
    with pytest.raises(RuntimeError) as said:
        caihong("serve", *arguments, environment=environment)
    assert "exited 1" in str(said.value)
    assert "Traceback" not in str(said.value)
    return str(said.value)


def get(url):
    with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310  our own loopback
        return response


@pytest.fixture
def office(at_a_console):
    """A console at an installation that has been used before."""
    console = at_a_console()
    copy_migrated(console.data / "caihong.db")
    return console


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server on an empty data folder: it makes its database itself."""
    with serving(tmp_path_factory.mktemp("served")) as running:
        yield running


def test_it_makes_and_migrates_its_file_and_does_not_name_its_software(server):
    response = get(f"{server.url}/readyz")

    assert response.status == 200
    assert "server" not in {name.lower() for name in response.headers}
    assert (server.data / "caihong.db").exists()


def test_a_second_server_on_the_same_file_is_refused(server):
    said = refused("--port", str(free_port()), environment=server.environment)

    assert "Another server is already using" in said


def test_a_port_that_is_taken_is_told(server, tmp_path):
    port = server.url.rpartition(":")[2]

    said = refused("--port", port, environment=environment_for(tmp_path))

    assert f"Port {port}" in said
    assert "--port" in said


def test_codes_stay_out_of_the_access_log(server):
    get(f"{server.url}/sign-in?next=secretword")
    with pytest.raises(urllib.error.HTTPError):
        get(f"{server.url}/Q/NOTHINGOFOURS")
    time.sleep(0.2)

    assert "GET /Q/… 404" in server.log()
    assert "GET /sign-in 200" in server.log()
    assert "NOTHINGOFOURS" not in server.log()
    assert "secretword" not in server.log()


def test_a_postgresql_database_that_is_behind_is_refused(tmp_path):
    with scratch_database("postgresql", migrated=False) as scratch:
        environment = environment_for(tmp_path, database_url=scratch.url)
        assert "caihong migrate" in refused("--port", str(free_port()), environment=environment)


@pytest.mark.parametrize("scratch", ["postgresql"], indirect=True)
def test_several_processes_serve_on_postgresql_and_all_end_together(scratch, tmp_path):
    port, environment = free_port(), environment_for(tmp_path, database_url=scratch.url)
    command = [*SERVE, "--port", str(port), "--workers", "2"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                assert get(f"http://127.0.0.1:{port}/readyz").status == 200
                break
            except OSError:
                time.sleep(0.1)
    finally:
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=15)[0].decode()

    assert f"Serving on http://127.0.0.1:{port}" in said
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=1)


def test_on_sqlite_one_process_serves_and_says_so(office, monkeypatch):
    configured = []
    monkeypatch.setattr(cli_serving, "_run", lambda config, _: configured.append(config))

    answer = office.run("serve", "--workers", "3", "--port", str(free_port()))

    assert answer.exit_code == 0, answer.output
    assert "exactly one process" in answer.stdout
    assert configured[0].workers == 1
    assert not configured[0].server_header
    assert configured[0].timeout_graceful_shutdown == 5


def test_only_trusted_proxies_are_believed(office, monkeypatch):
    configured = []
    monkeypatch.setattr(cli_serving, "_run", lambda config, _: configured.append(config))
    for proxies in ('["10.113.7.2"]', "[]"):
        monkeypatch.setenv("CAIHONG_TRUSTED_PROXIES", proxies)
        assert office.run("serve", "--port", str(free_port())).exit_code == 0

    assert [(each.proxy_headers, each.forwarded_allow_ips) for each in configured] == [
        (True, ["10.113.7.2"]),
        (False, []),
    ]


def test_without_the_browsers_files_it_says_what_to_do(office, monkeypatch, tmp_path):
    monkeypatch.setattr(cli_serving, "STATIC", tmp_path)

    answer = office.run("serve", "--port", str(free_port()))

    assert answer.exit_code == 1
    assert "make assets" in answer.stderr


def test_the_schema_of_the_json_api_is_printed(at_a_console):
    answer = at_a_console().run("openapi")

    assert answer.exit_code == 0
    assert '"openapi": "3' in answer.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_ends_it_quietly(tmp_path):
    copy_migrated(tmp_path / "caihong.db")
    port, environment = free_port(), environment_for(tmp_path)
    command = [*SERVE, "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert process.stdout
    said = process.stdout.readline().decode()
    process.send_signal(signal.SIGINT)
    rest = process.communicate(timeout=15)[0].decode()

    assert "Serving on" in said
    assert "Traceback" not in rest
    assert process.returncode in (0, 130)
