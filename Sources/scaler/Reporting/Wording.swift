import Charts
import Control
import Domain
import Simulation

/// How the report writes numbers in sentences and tables.
enum Wording {
  /// Whole, with thin spaces between thousands; two significant decimals below a hundred.
  static func amount(_ value: Double) -> String {
    guard value.isFinite, value.magnitude < 1e15 else { return CompactNumber.text(value) }
    guard value.magnitude >= 100 else { return CompactNumber.text(value) }
    let digits = String(Int64(value.magnitude.rounded()))
    var grouped = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { grouped.append("\u{202F}") }
      grouped.append(digit)
    }
    return (value < 0 ? "−" : "") + grouped
  }

  /// Money where there is a price, replica-hours where there is none.
  static func cost(_ replicaHours: Double, price: Price?) -> String {
    guard let price else { return amount(replicaHours) + "\u{202F}replica-hours" }
    return amount(replicaHours * price.perReplicaHour) + "\u{202F}" + price.currency
  }

  static func cost(_ outcome: PolicyOutcome, price: Price?) -> String {
    cost(outcome.scorecard.replicaHours, price: price)
  }

  /// `23 % less`, `4.1 % more`, `the same`.
  static func comparison(_ value: Double, with base: Double) -> String {
    guard base > 0, value.isFinite else { return "–" }
    let change = value / base - 1
    if change.magnitude < 0.0005 { return "the same" }
    return CompactNumber.percent(change.magnitude) + (change < 0 ? " less" : " more")
  }

  /// `−23 %`, `+4.1 %`, from ten times on `14.6×`, for tables.
  static func change(_ value: Double, from base: Double) -> String {
    guard base > 0, value.isFinite else { return "–" }
    let change = value / base - 1
    if change >= 9 { return CompactNumber.text(value / base) + "×" }
    if change.magnitude < 0.0005 { return "±0\u{202F}%" }
    return (change < 0 ? "−" : "+") + CompactNumber.percent(change.magnitude)
  }

  /// A share that is good when it is nearly one: it never rounds up to a hundred.
  static func availability(_ share: Double) -> String {
    if share >= 1 { return "100\u{202F}%" }
    if share > 0.99999 { return "> 99.999\u{202F}%" }
    return CompactNumber.percent((share * 1e5).rounded(.down) / 1e5, significant: 5)
  }

  /// `5 min 45 s`, `4 h 20 min`, `14 d`; below a minute as `83.6 ms` or `45 s`.
  static func seconds(_ seconds: Double) -> String {
    guard seconds >= 60, seconds < 1e12 else { return CompactNumber.duration(seconds: seconds) }
    var rest = Int64(seconds.rounded())
    var parts: [String] = []
    for (size, name) in [(Int64(86_400), "d"), (3600, "h"), (60, "min"), (1, "s")] {
      if rest >= size { parts.append("\(rest / size)\u{202F}\(name)") }
      rest %= size
    }
    return parts.prefix(2).joined(separator: " ")
  }

  static func seconds(_ duration: Duration) -> String { seconds(duration.inSeconds) }

  /// `2014-11-05 03:00`.
  static func time(_ time: Timestamp) -> String { UTCOffset.utc.stamp(Double(time.seconds)) }

  /// `1 burst`, `3 bursts`.
  static func count(_ count: Int, _ noun: String, plural: String? = nil) -> String {
    "\(count) " + (count == 1 ? noun : plural ?? noun + "s")
  }

  /// `hybrid, hpa-70 and static`.
  static func list(_ items: [String]) -> String {
    guard let last = items.last, items.count > 1 else { return items.first ?? "" }
    return items.dropLast().joined(separator: ", ") + " and " + last
  }
}
