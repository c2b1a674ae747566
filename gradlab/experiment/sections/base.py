from pydantic import AfterValidator, BaseModel, ConfigDict

from gradlab.experiment.registry import registry_of


class Section(BaseModel):
    """Base of an experiment's sections: frozen, no unknown keys, no silent conversions, no NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


def registered(package: str) -> AfterValidator:
    """Return a validator that a name is in the registry of a package."""

    def check(name: str) -> str:
        registry = registry_of(package)
        if name not in registry.names():
            raise ValueError(f"there is no {registry.what} called {name!r}")
        return name

    return AfterValidator(check)
