"""Settings: read once from the environment (CAIHONG_…) and the settings file that `caihong setup` writes."""

import os
import secrets
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
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
    former_hosts: tuple[str, ...] = ()
    zone: str = "Asia/Shanghai"
    secret_key: SecretStr = SecretStr("")
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    allow_docs: bool = True
    checkpoint_dir: Path | None = None
    checkpoint_key_file: Path | None = None
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
        if self.public_url is None:
            return False
        host = urlsplit(self.public_url).hostname or ""
        if host == "localhost" or host.endswith(".localhost"):
            return False
        try:
            return not ip_address(host).is_loopback
        except ValueError:
            return True

    @property
    def checkpoints(self) -> Path:
        """Return the folder where signed checkpoints are put for somebody else to keep."""
        return self.checkpoint_dir or self.data_dir / "checkpoints"

    def has_key(self) -> bool:
        """Say whether the root key is here; asking makes none."""
        return bool(self.secret_key.get_secret_value()) or (self.data_dir / "secret.key").exists()

    def key(self) -> bytes:
        """Return the installation's root key, made on first use and kept beside the database, never in it."""
        given = self.secret_key.get_secret_value()
        return bytes.fromhex(given) if given else _root_key(self.data_dir / "secret.key")


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
