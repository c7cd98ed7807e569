import Foundation

/// What can be told about a file before SQLite opens it.
enum FileProbe {
  /// Refuses places where SQLite's locks do not hold or nothing can be written.
  static func check(_ file: String) throws(StoreError) {
    let directory = URL(fileURLWithPath: file).deletingLastPathComponent().path
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory),
      isDirectory.boolValue
    else { throw .failed(file: file, detail: "there is no directory \(directory)") }
    if FileManager.default.fileExists(atPath: file, isDirectory: &isDirectory) {
      guard !isDirectory.boolValue else { throw .failed(file: file, detail: "it is a directory") }
      guard access(file, W_OK) == 0 else { throw .readOnly(file: file) }
    }
    guard access(directory, W_OK) == 0 else { throw .readOnly(file: file) }
    if let name = networkFileSystem(at: directory) {
      throw .failed(
        file: file, detail: "\(name) does not keep SQLite's locks; use a local disk")
    }
  }

  /// The name of the network file system that holds `path`; nil on a local one, and where the
  /// system does not tell.
  private static func networkFileSystem(at path: String) -> String? {
    guard let mounts = try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8) else {
      return nil
    }
    return networkFileSystem(
      at: URL(fileURLWithPath: path).resolvingSymlinksInPath().path, mounts: mounts)
  }

  /// - Parameter mounts: lines of `device mountpoint type options…`.
  static func networkFileSystem(at path: String, mounts: String) -> String? {
    var type = ""
    var longest = -1
    for line in mounts.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count >= 3 else { continue }
      // The kernel writes a space in a name as \040.
      let point = fields[1].replacingOccurrences(of: "\\040", with: " ")
      let isAbove = point == "/" || path == point || path.hasPrefix(point + "/")
      if isAbove && point.count >= longest {
        longest = point.count
        type = String(fields[2])
      }
    }
    return ["nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "9p"].contains(type) ? type : nil
  }
}
