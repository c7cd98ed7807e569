import Foundation
import GRDB

/// Why the store could not do what was asked, named for what the caller does next. Every case names
/// the file; `description` is one sentence that says what to do.
public enum StoreError: Error, Sendable, Equatable {
  /// Another process uses the file: stop that process, or try again.
  case locked(file: String, holder: String?)
  /// The file or its directory cannot be written: fix the rights; until then hold.
  case readOnly(file: String)
  /// The file is damaged or is no database: put it aside (`Store.open(quarantining:)`), start empty.
  case damaged(file: String, detail: String)
  /// The file is a database of another program: name another path.
  case foreign(file: String)
  /// The file was written by a newer version of the program: upgrade.
  case newerSchema(file: String, unknown: [String])
  /// The disk is full: nothing was stored; free space and try again.
  case full(file: String)
  /// More waits for the disk than should: nothing was stored; try again in a moment.
  case overloaded(file: String)
  /// The disk or the file system failed: nothing was stored; the store must be opened again.
  case failed(file: String, detail: String)
  /// The call itself made no sense (a range of a million years): a bug of the caller.
  case refused(String)
}

extension StoreError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .locked(let file, let holder):
      "the store \(file) is in use by \(holder ?? "another process"): "
        + "stop it first, or send the samples to its API"
    case .readOnly(let file):
      "the store \(file) cannot be written: "
        + "give this user the right to write the file and its directory"
    case .damaged(let file, let detail):
      "the store \(file) is damaged or not a database (\(detail)): "
        + "restore a backup, or move it away to start empty"
    case .foreign(let file):
      "\(file) is a SQLite database of another program: name another path for the store"
    case .newerSchema(let file, let unknown):
      "the store \(file) was written by a newer scaler (it has \(unknown.joined(separator: ", "))): "
        + "use that version, or restore a backup made before the upgrade"
    case .full(let file):
      "the disk of the store \(file) is full; nothing of this write was kept: free some space"
    case .overloaded(let file):
      "more waits for the disk of the store \(file) than should; nothing of this write was kept: "
        + "try again in a moment"
    case .failed(let file, let detail):
      "the store \(file) failed (\(detail)); nothing of this write was kept: "
        + "check the disk, then start again"
    case .refused(let sentence): sentence
    }
  }
}

extension StoreError {
  /// Names an error of SQLite or of our own codecs for what the caller does next.
  init(_ error: any Error, file: String) {
    if let known = error as? StoreError {
      self = known
      return
    }
    guard let error = error as? DatabaseError else {
      self =
        error is DamagedBlob || error is DecodingError
        ? .damaged(file: file, detail: "\(error)") : .failed(file: file, detail: "\(error)")
      return
    }
    let detail = error.message ?? "SQLite code \(error.extendedResultCode.rawValue)"
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .locked(file: file, holder: nil)
    case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: self = .readOnly(file: file)
    case .SQLITE_NOTADB, .SQLITE_CORRUPT: self = .damaged(file: file, detail: detail)
    case .SQLITE_FULL: self = .full(file: file)
    default: self = .failed(file: file, detail: detail)
    }
  }

  /// Whether the handle can no longer be trusted: after a failed fsync nobody knows what the disk
  /// holds until the file is opened and read again.
  var isFatal: Bool {
    switch self {
    case .failed, .damaged: true
    default: false
    }
  }
}
