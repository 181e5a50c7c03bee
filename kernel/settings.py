"""Settings: read once from the environment (CAIHONG_…) and the settings file that `caihong setup` writes."""

import os
import secrets
from functools import lru_cache
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

SETTINGS_FILE = "settings.toml"


def data_dir() -> Path:
    """Return the folder that holds the database, the keys and the settings file."""
    return Path(os.environ.get("CAIHONG_DATA_DIR", "data"))


class Settings(BaseSettings):
    """What an installation may choose. Everything has a default that is safe on one PC."""

    model_config = SettingsConfigDict(env_prefix="CAIHONG_", frozen=True, extra="ignore")

    data_dir: Path = Field(default_factory=data_dir)
    database_url: str = ""
    public_url: str | None = None
    # Staff prove themselves twice. Only a demo, or an installation that no other machine reaches, may do without.
    second_factor: bool = Field(default=True, validate_default=True)
    former_hosts: tuple[str, ...] = ()
    zone: str = "Asia/Shanghai"
    secret_key: SecretStr = SecretStr("")
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    trusted_hosts: tuple[str, ...] = ()
    log_level: Literal["DEBUG", "INFO", "WARNING"] = "INFO"
    # Who carries one-time codes to phones; docs/one-time-codes.md has each worked through.
    code_sender: Literal["off", "console", "file", "smtp", "webhook"] = "off"
    code_webhook_url: SecretStr = SecretStr("")
    code_webhook_hosts: tuple[str, ...] = ()
    code_webhook_body: str = '{"msgtype": "text", "text": {"content": "{text}"}}'
    # A chat group's robot that is told of tomorrow's shifts once a day; off while the address is empty.
    group_webhook_url: SecretStr = SecretStr("")
    group_webhook_hosts: tuple[str, ...] = ()
    group_webhook_body: str = '{"msgtype": "text", "text": {"content": "{text}"}}'
    code_smtp_host: str = ""
    code_smtp_port: int = Field(default=587, ge=1, le=65535)
    code_smtp_user: str = ""
    code_smtp_password: SecretStr = SecretStr("")
    code_smtp_from: str = ""
    code_smtp_to: str = "{phone}@sms.example"
    allow_docs: bool = True
    checkpoint_dir: Path | None = None
    checkpoint_key_file: Path | None = None
    access_keys_file: Path | None = None
    checkpoint_minutes: int = Field(default=60, ge=1, le=24 * 60)

    @field_validator("public_url")
    @classmethod
    def _origin(cls, value: str | None) -> str | None:
        if not value:
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError("public_url is an address like https://caihong.example.cn")
        return f"{parts.scheme}://{parts.netloc}"

    @field_validator("trusted_proxies")
    @classmethod
    def _exact(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """A proxy's word about an address counts, so each one is named: never a star, never everybody."""
        for each in value:
            if ip_network(each, strict=False).prefixlen == 0:
                raise ValueError("trusted_proxies names addresses such as 127.0.0.1 or 10.0.0.0/24")
        return value

    @field_validator("trusted_hosts", "former_hosts", "code_webhook_hosts", "group_webhook_hosts")
    @classmethod
    def _hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any("*" in each or "/" in each for each in value):
            raise ValueError("a host is a plain name such as caihong.example.cn")
        return tuple(each.lower() for each in value)

    @field_validator("second_factor")
    @classmethod
    def _only_at_home_without(cls, value: bool, others: ValidationInfo) -> bool:
        if not value and _reaches_others(others.data.get("public_url")):
            raise ValueError("staff need a second factor wherever public_url can be reached")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the settings file, so that a container can override it."""
        file = TomlConfigSettingsSource(settings_cls, toml_file=data_dir() / SETTINGS_FILE)
        return init_settings, env_settings, file

    @property
    def url(self) -> str:
        """Return the database's address; without one, a file in the data folder."""
        return self.database_url or f"sqlite://{(self.data_dir / 'caihong.db').absolute()}"

    @property
    def keeps_its_database(self) -> bool:
        """Say whether the database is a file in the data folder, beside the root key."""
        return not self.database_url

    @property
    def phones_can_open(self) -> bool:
        """Say whether a code that carries `public_url` opens on somebody else's phone."""
        return _reaches_others(self.public_url)

    @property
    def passkey_host(self) -> str | None:
        """Return the domain that passkeys can be bound to: an https name, never a bare address; None without one."""
        parts = urlsplit(self.public_url or "")
        host = parts.hostname or ""
        return host if parts.scheme == "https" and "." in host and not _is_address(host) else None

    @property
    def hosts(self) -> frozenset[str]:
        """Return the names under which this installation may be asked for, besides loopback."""
        public = urlsplit(self.public_url or "").hostname
        return frozenset({*self.trusted_hosts, *self.former_hosts, *([public] if public else [])})

    @property
    def checkpoints(self) -> Path:
        """Return the folder where signed checkpoints are put for somebody else to keep."""
        return self.checkpoint_dir or self.data_dir / "checkpoints"

    @property
    def access_keys(self) -> Path:
        """Return the file with the keys that sign the API's access tokens, once they were rotated."""
        return self.access_keys_file or self.data_dir / "access.keys"

    def has_key(self) -> bool:
        """Say whether the root key is here; asking makes none."""
        return bool(self.secret_key.get_secret_value()) or (self.data_dir / "secret.key").exists()

    def key(self) -> bytes:
        """Return the installation's root key, made on first use and kept beside the database, never in it."""
        given = self.secret_key.get_secret_value()
        return bytes.fromhex(given) if given else _root_key(self.data_dir / "secret.key")


def _reaches_others(url: str | None) -> bool:
    host = urlsplit(url or "").hostname or ""
    if not host or host == "localhost" or host.endswith(".localhost"):
        return False
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return True


def _is_address(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        return False


def _root_key(path: Path) -> bytes:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return bytes.fromhex(path.read_text().strip())
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32) + "\n")
    return bytes.fromhex(path.read_text().strip())


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of this process, read once."""
    return Settings()
