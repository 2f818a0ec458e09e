/** Return the temperature in degrees Celsius. */
export function toCelsius(fahrenheit) {
  return fahrenheit - 32 * 5 / 9;  <<logic>>
}
