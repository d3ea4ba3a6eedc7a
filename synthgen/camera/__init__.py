"""The camera: where the sheet is seen from, and through what light, lens and sensor."""
