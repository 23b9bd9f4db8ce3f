"""`python -m console serve | migrate | settings | …`."""

from common.cli import create_cli
from console.app import SERVICE

app = create_cli(SERVICE)

if __name__ == "__main__":
    app()
