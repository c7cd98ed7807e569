import Domain
import Foundation

/// A damaged store that was put aside. Until the world has been observed again, hold.
public struct Quarantine: Sendable, Equatable, CustomStringConvertible {
  /// Where the damaged file lies now.
  public var file: String
  public var reason: StoreError

  public var description: String {
    "the store was damaged and now lies at \(file); an empty one was started (\(reason))"
  }

  /// Renames the file and what lies beside it, so that nothing is lost and an empty store can start.
  static func putAside(_ file: String, reason: StoreError, at now: Timestamp)
    throws(StoreError) -> Quarantine
  {
    let stamp = now.description.filter { $0 != ":" && $0 != "-" }
    var target = "\(file).damaged-\(stamp)"
    var attempt = 1
    while FileManager.default.fileExists(atPath: target) {
      attempt += 1
      target = "\(file).damaged-\(stamp)-\(attempt)"
    }
    for suffix in ["", "-wal", "-shm", Reserve.suffix, DamageNote.suffix]
    where FileManager.default.fileExists(atPath: file + suffix) {
      do {
        try FileManager.default.moveItem(atPath: file + suffix, toPath: target + suffix)
      } catch {
        throw .failed(file: file, detail: "it is damaged and cannot be renamed: \(error)")
      }
    }
    return Quarantine(file: target, reason: reason)
  }
}
