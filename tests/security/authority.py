"""A certificate authority for tests, and the certificates that it issues: nothing of it outlives the test."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """PEM files of a server: its certificate, its key (PKCS 8), and both in one file."""

    certificate: Path
    key: Path
    both: Path


class Authority:
    """An authority in a folder; `file` is what its clients trust."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._name = folder, _named(name)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.file = folder / f"{name}.pem"
        certificate = _signed(
            _builder(self._name, self._name, self._key.public_key()).add_extension(
                x509.BasicConstraints(ca=True, path_length=0), critical=True
            ),
            self._key,
        )
        self.file.write_bytes(certificate.public_bytes(Encoding.PEM))

    def issue(self, host: str) -> ServerCertificate:
        """Issue a certificate for one name, and no other name or address of the same machine."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        built = _builder(_named(host), self._name, key.public_key())
        certificate = _signed(built.add_extension(names, critical=False), self._key)
        paths = [self._folder / f"{host}.{kind}" for kind in ("crt", "key", "pem")]
        crt = certificate.public_bytes(Encoding.PEM)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        for path, content in zip(paths, (crt, pem, pem + crt), strict=True):
            path.write_bytes(content)
            path.chmod(0o600)
        return ServerCertificate(*paths)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + _DAY)
    )


def _signed(builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    return builder.sign(key, hashes.SHA256())
