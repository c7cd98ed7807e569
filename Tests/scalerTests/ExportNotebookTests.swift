import Foundation
import Testing

/// Exports that run no forecast; those that do are tested with the release build, by the readers of
/// their files, in `Tests/Exports`.
@Suite("Exports for notebooks", .serialized)
struct ExportNotebookTests {
  @Test("what is exported is read back")
  func samples() throws {
    let scratch = try Scratch()
    let trace = try scratch.write(smoothTrace(days: 2), to: "t.csv")
    let source = scratch.path("s.sqlite")
    for service in ["web", "api"] {
      let arguments = ["import", "csv", "--store", source, "--service", service]
      #expect(try Program.run(arguments + ["--history", trace]).status == 0)
    }
    let first = try Program.run(["export", "samples", "--store", source])
    #expect(first.output.components(separatedBy: "\r\n").count == 1 + 2 * 2 * 288 + 1)
    let file = try scratch.write(first.output, to: "samples.csv")
    let store = scratch.path("again.sqlite")
    #expect(try Program.run(["import", "csv", "--store", store, "--history", file]).status == 0)
    #expect(try Program.run(["export", "samples", "--store", store]).output == first.output)
    let decisions = try Program.run(["export", "decisions", "--store", store])
    #expect(decisions.status == 0)
    #expect(
      decisions.output == "service,decision,timestamp,current,target,reactive_target,command,"
        + "outcome,reason\r\n")
  }
}
