package import Foundation

/// A folder that goes away with the test.
package final class TemporaryFolder: Sendable {
  private let path: URL

  package init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent(
      "adapters-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
  }

  package func url(_ name: String) -> URL { path.appendingPathComponent(name) }

  deinit { try? FileManager.default.removeItem(at: path) }
}
