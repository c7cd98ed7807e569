/// The decimal logarithm of a positive finite number, from its binary exponent and a series.
///
/// Written out because the C libraries' `log10` differ in the last digit, and a picture should have
/// the same bytes everywhere. log₂ comes from the exponent, the rest from
/// ln m = 2 artanh((m−1)/(m+1)); with m in 1..<2 thirteen terms leave an error below 1e-12.
func decimalLogarithm(_ value: Double) -> Double {
  precondition(value > 0 && value.isFinite, "a logarithm needs a positive finite number")
  let ln2 = 0.693_147_180_559_945_3
  let ln10 = 2.302_585_092_994_046
  let mantissa = value.significand
  let ratio = (mantissa - 1) / (mantissa + 1)
  let square = ratio * ratio
  var power = ratio
  var sum = 0.0
  for term in 0..<13 {
    sum += power / Double(2 * term + 1)
    power *= square
  }
  return (Double(value.exponent) * ln2 + 2 * sum) / ln10
}
