"""The letterhead of a company, from its policy and brand, in one language."""

from base64 import b64encode

from letters.letterhead import Authority, Letterhead
from policies.load import Controller


def letterhead(controller: Controller) -> Letterhead:
    policy = controller.policy
    return Letterhead(
        legal_name=policy.legal_name,
        address=policy.address or "",
        reg_no=str(policy.reg_no or ""),
        authority=Authority(
            name=policy.authority.name,
            address=policy.authority.address,
            phone=policy.authority.phone,
            email=policy.authority.email,
            url=policy.authority.url,
        ),
        languages=languages(controller),
        email=contact(controller, "email"),
        phone=contact(controller, "phone"),
        url=policy.policy.url or "",
        dpo=", ".join(part for part in _dpo(controller) if part),
        **_look(controller),
    )


def languages(controller: Controller) -> tuple[str, ...]:
    """What people may read and write: the company's own first, and English."""
    return tuple(dict.fromkeys([*controller.policy.languages, "en"]))


def contact(controller: Controller, kind: str) -> str:
    """The first channel of a kind (email, phone, post) the policy names; empty where it names none."""
    return next((channel.value for channel in controller.policy.channels if channel.kind == kind and channel.value), "")


def _dpo(controller: Controller) -> tuple[str | None, ...]:
    dpo = controller.policy.dpo
    return (dpo.name, dpo.phone, dpo.email) if dpo else ()


def _look(controller: Controller) -> dict[str, object]:
    look: dict[str, object] = {"folder": controller.folder}
    if controller.brand:
        look["accent"] = controller.brand.primary
    if controller.logo and controller.logo.is_file():
        kind = "svg+xml" if controller.logo.suffix == ".svg" else "png"
        look["logo"] = f"data:image/{kind};base64," + b64encode(controller.logo.read_bytes()).decode()
    return look
