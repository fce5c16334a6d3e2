"""The throttle: how often a password may be tried, for an account and from an address."""

from __future__ import annotations

from dataclasses import dataclass, field

from limits import RateLimitItem, parse

from .hits import Hits


@dataclass(frozen=True, slots=True)
class Throttle:
    """Counts log-ins, before a password is looked at; those that worked are given back."""

    hits: Hits
    account: RateLimitItem = field(default_factory=lambda: parse("10 per 15 minutes"))
    address: RateLimitItem = field(default_factory=lambda: parse("50 per 15 minutes"))

    def allows(self, name: str, address: str) -> bool:
        """Whether a password may be tried now; it is counted then."""
        counted: list[str] = []
        for limit, key in self._keys(name, address):
            if not self.hits.acquire_entry(key, limit.amount, limit.get_expiry()):
                for taken in counted:
                    self.hits.give_back(taken)
                return False
            counted.append(key)
        return True

    def worked(self, name: str, address: str) -> None:
        """The password was right: it is not counted."""
        for _, key in self._keys(name, address):
            self.hits.give_back(key)

    def _keys(self, name: str, address: str) -> list[tuple[RateLimitItem, str]]:
        account = " ".join(name.split()).lower()[:60]
        return [
            (self.account, self.account.key_for("account", account)),
            (self.address, self.address.key_for("address", address)),
        ]
