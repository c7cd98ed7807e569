import Domain
import Foundation
import Synchronization

/// The `Date` of answers. Written out once a second, since every answer carries it.
final class AnswerDate: Sendable {
  private let newest = Mutex<(second: Int64, text: String)>((.min, ""))

  var text: String { text(at: Timestamp(seconds: Int64(time(nil)))) }

  /// As RFC 9110 wants it, `Sun, 06 Nov 1994 08:49:37 GMT`.
  func text(at time: Timestamp) -> String {
    newest.withLock { newest in
      if newest.second != time.seconds { newest = (time.seconds, Self.written(time)) }
      return newest.text
    }
  }

  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  private static func written(_ time: Timestamp) -> String {
    let parts = time.date.split(separator: "-")
    let weekday = Int(time.seconds / 86_400 % 7)
    let month = Int(parts[1]).map { months[$0 - 1] } ?? ""
    return "\(days[weekday]), \(parts[2]) \(month) \(parts[0]) \(time.timeOfDay.dropLast()) GMT"
  }
}
