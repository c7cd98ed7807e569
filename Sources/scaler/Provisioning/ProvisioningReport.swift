import Foundation

/// Writes the page for a meeting.
enum ProvisioningReport {
  /// - Throws: `CommandFailure` if the file cannot be written.
  static func write(to path: String, run: ProvisioningRun, jobs: Int) async throws {
    let material = try await MeetingMaterial.gather(run, jobs: jobs)
    do {
      try Data(MeetingPage(material: material).html.utf8)
        .write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw CommandFailure(
        status: .failure, message: "\(path) cannot be written: \(error.localizedDescription)")
    }
  }
}
