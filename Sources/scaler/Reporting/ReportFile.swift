import Foundation
import Simulation

/// Writes the report of a simulation.
enum ReportFile {
  /// - Parameter baseline: The policy that the others are compared with; nil picks one.
  /// - Throws: `CommandFailure` if the file cannot be written.
  static func write(
    to path: String, _ file: ScenarioFile, world: SimulatedWorld, report: SimulationReport,
    baseline: String?
  ) async throws {
    let material = await ReportMaterial.gather(
      file, world: world, report: report, baseline: baseline, command: command)
    guard let material else { return }
    do {
      try Data(SimulationPage(material: material).html.utf8)
        .write(to: URL(fileURLWithPath: path))
    } catch {
      throw CommandFailure(
        status: .failure, message: "\(path) cannot be written: \(error.localizedDescription)")
    }
  }

  /// The command line of this process, to paste into a shell.
  private static var command: String {
    (["scaler"] + CommandLine.arguments.dropFirst().map(quoted)).joined(separator: " ")
  }

  /// A word as a POSIX shell reads it back.
  static func quoted(_ word: String) -> String {
    let plain = word.unicodeScalars.allSatisfy { scalar in
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".", "/", ":", "=", ",", "+", "@", "%": true
      default: false
      }
    }
    if plain, !word.isEmpty { return word }
    return "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'"
  }
}
