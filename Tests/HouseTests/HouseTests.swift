import Foundation
import Testing

/// The rules of the house that a compiler does not check.
@Suite("The house")
struct HouseTests {
  private static let checkout = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Targets that hold no clock, file, socket or C library.
  static let pure = ["Domain", "Forecasting", "Charts", "Control", "Simulation", "Provisioning"]

  /// Each library is known to one target.
  static let owners: [String: Set<String>] = [
    "GRDB": ["Storage"], "HummingbirdCore": ["Web"],
    "CCurl": ["Adapters"], "CCurlShim": ["Adapters"], "Yams": ["scaler"],
    "ArgumentParser": ["scaler"], "CKernels": ["Forecasting"],
  ]

  @Test("pure targets import nothing that could tell the time or touch the world", arguments: pure)
  func pureTargets(target: String) throws {
    let forbidden: Set<String> = [
      "Foundation", "FoundationEssentials", "Glibc", "Musl", "Darwin", "Dispatch",
    ]
    let files = try Self.sources(of: target)
    #expect(!files.isEmpty)
    for file in files {
      for module in try Self.imports(in: file) {
        #expect(!forbidden.contains(module), "\(file.path) imports \(module)")
      }
    }
  }

  @Test("each third-party library is imported by one target")
  func owners() throws {
    let root = Self.checkout.appendingPathComponent("Sources")
    for target in try FileManager.default.contentsOfDirectory(atPath: root.path).sorted() {
      for file in try Self.sources(of: target) {
        for module in try Self.imports(in: file) {
          guard let owner = Self.owners[module] else { continue }
          #expect(owner.contains(target), "\(file.path) imports \(module)")
        }
      }
    }
  }

  @Test(
    "nothing traps on outside data or is left undone", arguments: ["try!", " as!", "TODO", "FIXME"])
  func nothingLeft(word: String) throws {
    let root = Self.checkout.appendingPathComponent("Sources")
    for target in try FileManager.default.contentsOfDirectory(atPath: root.path).sorted() {
      for file in try Self.sources(of: target) {
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(!text.contains(word), "\(file.path) holds `\(word)`")
      }
    }
  }

  @Test(
    "the top level holds what it should and nothing else",
    .enabled(
      if: FileManager.default.fileExists(atPath: checkout.appendingPathComponent(".git").path)))
  func topLevel() throws {
    let allowed: Set<String> = [
      "Package.swift", "Sources", "Tests", "models", "deploy", "README.md",
    ]
    let git = Process()
    let pipe = Pipe()
    git.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    git.arguments = ["git", "-C", Self.checkout.path, "ls-files"]
    git.standardOutput = pipe
    try git.run()
    let listed = try pipe.fileHandleForReading.readToEnd() ?? Data()
    git.waitUntilExit()
    let files = String(decoding: listed, as: UTF8.self).split(separator: "\n")
    #expect(!files.isEmpty)
    for file in files where !file.hasPrefix(".") {
      let top = file.prefix { $0 != "/" }
      #expect(allowed.contains(String(top)), "\(file)")
    }
  }

  private static func sources(of target: String) throws -> [URL] {
    let folder = checkout.appendingPathComponent("Sources").appendingPathComponent(target)
    let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
    return (names ?? []).filter { $0.hasSuffix(".swift") }.sorted()
      .map { folder.appendingPathComponent($0) }
  }

  private static func imports(in file: URL) throws -> [String] {
    try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
      line.firstMatch(
        of: /^\s*(?:@\w+\s+)*(?:public |internal |private |package )?import (?:\w+ )?(\w+)/
      )
      .map { String($0.1) }
    }
  }
}
