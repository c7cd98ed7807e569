import Foundation
import Synchronization

/// Held by the one process that writes a store: an advisory lock on `<store>.lock`, released by the
/// system when the process ends however it ends. The file holds the holder's name for the sentence
/// that a second process prints.
final class ProcessLock: Sendable {
  /// Nil once released.
  private let descriptor: Mutex<Int32?>

  init(store file: String) throws(StoreError) {
    let path = file + ".lock"
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      switch errno {
      case EACCES, EROFS, EPERM: throw .readOnly(file: file)
      case ENOSPC, EDQUOT: throw .full(file: file)
      case let code: throw .failed(file: file, detail: String(cString: strerror(code)))
      }
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      var text = [UInt8](repeating: 0, count: 200)
      let length = max(0, pread(descriptor, &text, text.count, 0))
      close(descriptor)
      guard code == EWOULDBLOCK else {
        throw .failed(file: file, detail: "its file system has no locks")
      }
      let holder = String(decoding: text[..<length], as: UTF8.self)
      throw .locked(file: file, holder: holder.isEmpty ? nil : holder)
    }
    let holder = "process \(getpid()) (\(ProcessInfo.processInfo.processName))"
    _ = ftruncate(descriptor, 0)
    _ = holder.withCString { pwrite(descriptor, $0, strlen($0), 0) }
    self.descriptor = Mutex(descriptor)
  }

  func release() {
    descriptor.withLock { descriptor in
      if let open = descriptor { close(open) }
      descriptor = nil
    }
  }

  deinit { release() }
}
