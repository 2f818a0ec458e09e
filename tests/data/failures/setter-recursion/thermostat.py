"""A heating controller."""


class Thermostat:
    """Holds the wanted temperature, within 5 to 30 degrees Celsius."""

    def __init__(self, celsius: float) -> None:
        self.celsius = celsius

    @property
    def celsius(self) -> float:
        return self._celsius

    @celsius.setter
    def celsius(self, value: float) -> None:
        if not 5 <= value <= 30:
            raise ValueError(f"{value} is outside 5 to 30 degrees")
        self.celsius = value

    @property
    def fahrenheit(self) -> float:
        return round(self._celsius * 9 / 5 + 32, 1)

    def heats(self, measured: float, band: float = 0.5) -> bool:
        """Return whether the burner must run at the measured temperature."""
        return measured < self._celsius - band
