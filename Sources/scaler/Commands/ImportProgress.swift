import Domain
import Foundation
import Synchronization

/// A bar with the time that is left, on a terminal's standard error; nothing elsewhere.
final class ImportProgress: Sendable {
  private let label: String
  private let start = ContinuousClock.now
  private let isShown = Terminal.isInteractive
  /// The share that was done when this run began.
  private let first = Mutex<Double?>(nil)

  init(_ label: String) { self.label = label }

  func show(_ share: Double) {
    guard isShown else { return }
    let first = first.withLock { first in
      if first == nil { first = share }
      return first ?? share
    }
    let filled = Int(max(0, min(share, 1)) * 30)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
    var line = "\r\(label) \(bar) \(Int(share * 100)) %"
    let seconds = (ContinuousClock.now - start).inSeconds
    if let left = Self.secondsLeft(share: share, first: first, after: seconds) {
      line += ", \(Duration.seconds(Int64(left)).shortText) left  "
    }
    FileHandle.standardError.write(Data(line.utf8))
  }

  /// From what came since the first part; nil before there is anything to tell from.
  static func secondsLeft(share: Double, first: Double, after seconds: Double) -> Double? {
    guard share > first, seconds > 0 else { return nil }
    return seconds * (1 - share) / (share - first)
  }

  /// Clears the line.
  func clear() {
    if isShown { FileHandle.standardError.write(Data("\r\u{1B}[2K".utf8)) }
  }
}
