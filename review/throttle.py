"""The throttle: how often a password may be tried, for an account and from an address."""

from __future__ import annotations

from dataclasses import dataclass, field

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter


@dataclass(frozen=True, slots=True)
class Throttle:
    """Counts log-ins that failed; those that worked cost nothing."""

    account: RateLimitItem = field(default_factory=lambda: parse("10 per 15 minutes"))
    address: RateLimitItem = field(default_factory=lambda: parse("50 per 15 minutes"))
    limiter: MovingWindowRateLimiter = field(
        default_factory=lambda: MovingWindowRateLimiter(MemoryStorage())
    )

    def allows(self, name: str, address: str) -> bool:
        """Whether a password may be tried now."""
        return all(self.limiter.test(limit, *key) for limit, key in self._keys(name, address))

    def failed(self, name: str, address: str) -> None:
        """A password was wrong."""
        for limit, key in self._keys(name, address):
            self.limiter.hit(limit, *key)

    def _keys(self, name: str, address: str) -> list[tuple[RateLimitItem, tuple[str, str]]]:
        account = " ".join(name.split()).lower()[:60]
        return [(self.account, ("account", account)), (self.address, ("address", address))]
