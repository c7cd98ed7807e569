import Foundation

/// A note beside a store, of damage that a run came upon: the check at start only samples a large file.
/// The next start puts the store aside for it.
enum DamageNote {
  static let suffix = ".damage"

  /// As good as the disk lets us: a store on which even this fails is found damaged again.
  static func write(_ detail: String, store file: String) {
    guard file != ":memory:" else { return }
    try? Data(detail.utf8).write(to: URL(fileURLWithPath: file + suffix), options: .atomic)
  }

  static func read(store file: String) -> String? {
    try? String(contentsOfFile: file + suffix, encoding: .utf8)
  }
}
