import Foundation
import Synchronization

/// A bar on a terminal's standard error; nothing elsewhere.
final class ProgressBar: Sendable {
  private let total: Int
  private let label: String
  private let isShown = Terminal.isInteractive
  private let done = Mutex(0)

  init(total: Int, label: String) {
    self.total = max(1, total)
    self.label = label
  }

  func advance() {
    let done = done.withLock { done in
      done += 1
      return done
    }
    guard isShown else { return }
    let filled = done * 30 / total
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
    write("\r\(label) \(bar) \(done)/\(total)")
  }

  /// Clears the line.
  func finish() {
    if isShown { write("\r\u{1B}[2K") }
  }

  private func write(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }
}
