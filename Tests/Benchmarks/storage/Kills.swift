import Domain
import Foundation
import Storage

extension Benchmark {
  private static let killedSeries = 40

  /// What a service's sample of a tick must be.
  private static func value(_ service: Int, _ tick: Int) -> Double {
    Double((service * 31 + tick * 7) % 1000) / 15
  }

  /// Writes until it is killed: samples, journal, seals, retention. Prints each tick once it was
  /// acknowledged.
  static func writeUntilKilled(path: String) async throws {
    let store = try Store.open(path)
    let names = names(killedSeries)
    var tick = try tickCount(store, names[0])
    while true {
      let time = start + .seconds(15 * tick)
      let batch = names.indices.map {
        Sample(service: names[$0], metric: .rate, time: time, value: value($0, tick))
      }
      let verdicts = try await store.append(batch, now: endOfTime)
      precondition(verdicts.allSatisfy { $0 == nil })
      try await store.appendEvents([
        JournalEntry(
          service: names[0], time: time, kind: "tick", version: 1, bytes: Array("\(tick)".utf8))
      ])
      FileHandle.standardOutput.write(Data("\(tick)\n".utf8))
      if tick % 50 == 49 { try await store.sealAll() }
      if tick % 400 == 399 {
        try await store.saveSnapshots([
          Snapshot(
            service: names[0], sequence: store.lastSequence(), version: 1, bytes: [])
        ])
        try await store.retain(RetentionPolicy(), now: time)
      }
      tick += 1
    }
  }

  private static func tickCount(_ store: Store, _ service: ServiceID) throws -> Int {
    guard let newest = store.newest(of: service, metric: .rate) else { return 0 }
    return Int((newest.time.seconds - start.seconds) / 15) + 1
  }

  /// Kills a writing process again and again, and looks after each kill whether everything that it
  /// acknowledged is there, and nothing in part.
  static func kills(count: Int) async throws {
    let path = path()
    defer { remove(path) }
    var generator = Generator(state: UInt64(count))
    var lost = 0
    var partial = 0
    var acknowledged = 0
    for _ in 0..<count {
      let writer = Process()
      writer.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
      writer.arguments = ["write", path]
      let pipe = Pipe()
      writer.standardOutput = pipe
      try writer.run()
      try await Task.sleep(for: .milliseconds(Int.random(in: 30...200, using: &generator)))
      kill(writer.processIdentifier, SIGKILL)
      let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      writer.waitUntilExit()
      // The last line may be cut short; a whole line was acknowledged.
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      acknowledged = max(acknowledged, (lines.last.flatMap { Int($0) } ?? -1) + 1)

      let store = try Store.open(path)
      let names = names(killedSeries)
      let ticks = try tickCount(store, names[0])
      if ticks < acknowledged { lost += acknowledged - ticks }
      let from = max(0, ticks - 400)
      for (index, name) in names.enumerated() {
        if try tickCount(store, name) != ticks { partial += 1 }
        let series = try await store.series(
          of: name, metric: .rate, from: start + .seconds(15 * from),
          to: start + .seconds(15 * ticks), step: .seconds(15))
        for tick in from..<ticks {
          let wanted = value(index, tick)
          if ((series[tick - from] ?? -1) - wanted).magnitude > 1e-8 * wanted { lost += 1 }
        }
      }
      // An event whose samples were stored just before the kill was not acknowledged.
      let events = try await store.events(after: max(0, store.lastSequence() - 3), limit: 3)
      let last = Array("\(acknowledged - 1)".utf8)
      if acknowledged > 0, !events.contains(where: { $0.entry.bytes == last }) { lost += 1 }
      // Not `close`: the next process finds what this one found.
    }
    print(
      "\(count) kills, \(acknowledged * killedSeries) samples acknowledged, "
        + "\(lost) lost, \(partial) series with a part of a batch")
    if lost + partial > 0 { exit(1) }
  }
}
