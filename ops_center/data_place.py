"""What the data directory tells the processes: where the database runs, the workers' secret."""

import secrets

from pydantic import SecretStr

from ops_center.localdb import running_url
from ops_center.settings import Settings

SECRET_BYTES = 32


def database_url(settings: Settings) -> str:
    """Return where the database is: as configured, else the private one that runs now."""
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    return running_url(settings.data_dir / "pg")


def worker_secret(settings: Settings) -> SecretStr:
    """Return the secret between app and camera workers: configured, else made once on disk."""
    if settings.worker_secret is not None:
        return settings.worker_secret
    file = settings.data_dir / "worker.secret"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(SECRET_BYTES))
    return SecretStr(file.read_text().strip())
