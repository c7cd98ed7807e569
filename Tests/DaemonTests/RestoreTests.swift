import Control
import Domain
import Foundation
import Storage
import Synchronization
import Testing

@testable import Daemon

@Suite("A store that was put back from a copy", .serialized)
struct RestoreTests {
  @Test(
    "F-40: it shrinks nothing before it has seen a window, and its commands are not taken for old ones"
  )
  func restoredFromCopy() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "restore-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (path, copy) = ("\(folder.path)/scaler.sqlite", "\(folder.path)/copy.sqlite")

    let (start, hour) = (ScriptedDaemon.start, Duration.seconds(3600))
    let store = try Store.open(path)
    let first = try ScriptedDaemon(store: store, from: start, to: start + hour)
    try await first.run()
    await first.loop.stop()
    // As a snapshot of a virtual machine keeps them: the file and its log.
    for ending in ["", "-wal"] where FileManager.default.fileExists(atPath: path + ending) {
      try FileManager.default.copyItem(atPath: path + ending, toPath: copy + ending)
    }
    let second = try ScriptedDaemon(
      store: store, from: start + hour, to: start + hour * 3, cloud: first.cloud)
    try await second.run()

    // When the copy is put back demand has fallen, not so far that it looks like an outage.
    let evening = start + hour * 5
    let restored = try Store.open(copy)
    let third = try ScriptedDaemon(
      store: restored, from: evening, to: evening + hour, cloud: first.cloud)
    try await third.run()

    let decisions = try await restored.decisions(of: third.service, limit: 10_000).map(\.decision)
      .filter { $0.time >= evening }
    let shrunk = decisions.filter { $0.target < $0.current ?? 0 }
    let shrinks = try #require(shrunk.map(\.time).min(), "nothing ever shrank")
    #expect(shrinks.since(evening) >= .seconds(60), "\(shrinks)")
    let before = second.cloud.state.withLock { $0.applied }
    let after = third.cloud.state.withLock { $0.applied }.filter { $0.validUntil > evening }
    // Numbers are given out again: they alone do not tell the commands apart.
    let counted = try #require(before.map(\.decision).max())
    #expect(after.contains { $0.decision <= counted })
    #expect(Set(before.map(\.occurrence)).isDisjoint(with: after.map(\.occurrence)))
  }
}
