import Adapters
import Foundation
import Synchronization
import Testing

/// Whether a program is installed; tests that need another are skipped and say so.
package func isInstalled(_ program: String) -> Bool {
  let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
  return path.split(separator: ":").contains {
    FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
  }
}

/// A program that ends with the test.
package final class RunningProgram: Sendable {
  private let process: Mutex<Process>

  package init(_ arguments: [String], environment: [String: String] = [:]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    try process.run()
    self.process = Mutex(process)
  }

  package func waitUntilExit() -> Int32 {
    process.withLock { process in
      process.waitUntilExit()
      return process.terminationStatus
    }
  }

  // Not asked but made to: moto waits for its connections when asked, and the data are thrown away.
  deinit { process.withLock { _ = kill($0.processIdentifier, SIGKILL) } }
}

/// A TCP port that was free a moment ago.
package func freePort() throws -> Int { try ScriptedServer { _, _ in .cut }.port }

/// Waits until an HTTP server answers with success.
package func waitForServer(_ url: String) async throws {
  let client = HTTPClient()
  for _ in 0..<200 {
    let answer = try? await client.send(HTTPRequest(.get, url), deadline: .seconds(1))
    if answer?.isSuccess == true { return }
    try await Task.sleep(for: .milliseconds(50))
  }
  Issue.record("\(url) does not answer")
}
