import Domain
import Foundation
import Storage

extension Benchmark {
  /// `promtool tsdb bench write` in shape: every series gets a sample per scrape, scrape by scrape.
  /// A rate is a count within 15 s.
  static func ingest(series: Int, count: Int) async throws {
    let path = path()
    defer { remove(path) }
    let store = try Store.open(path)
    let names = names(series)
    var generator = Generator(state: 1)
    // Sixteen scrapes' values, made before the clock starts.
    let values = (0..<16).map { _ in
      names.map { _ in Double(Int.random(in: 100...900, using: &generator)) / 15 }
    }
    var latencies: [Double] = []
    let taken = try await Cost.of {
      var batch = names.map { Sample(service: $0, metric: .rate, time: start, value: 0) }
      for scrape in 0..<count {
        let time = start + .seconds(15 * scrape)
        let row = values[scrape % 16]
        for index in batch.indices {
          batch[index].time = time
          batch[index].value = row[index]
        }
        let clock = ContinuousClock.now
        let verdicts = try await store.append(batch, now: endOfTime)
        latencies.append(clock.duration(to: .now).inSeconds * 1000)
        precondition(verdicts.count == batch.count)
      }
    }
    latencies.sort()
    let total = series * count
    print(taken.line("durable ingest, batches of \(series)", count: total))
    print(
      "reply p50 \(latencies[latencies.count / 2].shortText) ms, p99 "
        + "\(latencies[latencies.count * 99 / 100].shortText) ms, "
        + "log \(fileSize(path + "-wal") >> 20) MB, memory \(Cost.peakMemory()) MB")
    let sealed = try await Cost.of { try await store.close() }
    let all = Cost(cpu: taken.cpu + sealed.cpu, wall: taken.wall + sealed.wall)
    print(all.line("with everything sealed and closed", count: total))
    let bytes = Double(fileSize(path)) / Double(total)
    print("file: \(fileSize(path) >> 20) MB, \(bytes.shortText) bytes per sample")
  }

  /// Many clients, one sample per call, each waiting for its reply.
  static func push() async throws {
    let path = path()
    defer { remove(path) }
    let store = try Store.open(path)
    let names = names(256)
    let calls = 400
    let cost = try await Cost.of {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for name in names {
          group.addTask {
            for call in 0..<calls {
              let sample = Sample(
                service: name, metric: .rate, time: start + .seconds(call), value: Double(call))
              _ = try await store.append([sample], now: endOfTime)
            }
          }
        }
        try await group.waitForAll()
      }
    }
    let rate = Double(names.count * calls) / cost.wall
    print(cost.line("single samples from 256 clients", count: names.count * calls))
    print("that is \(rate.shortText) calls per second")
    try await store.close()
  }

  /// What many series that live take, at most, while an hour of their samples comes in.
  static func memory(series: Int) async throws {
    let path = path()
    defer { remove(path) }
    let store = try Store.open(path)
    let names = names(series)
    var batch = names.map { Sample(service: $0, metric: .rate, time: start, value: 0) }
    for scrape in 0..<240 {
      for index in batch.indices {
        batch[index].time = start + .seconds(15 * scrape)
        batch[index].value = Double((index * 31 + scrape * 7) % 1000) / 15
      }
      _ = try await store.append(batch, now: endOfTime)
    }
    print("\(series) live series, \(240 * series) samples: \(Cost.peakMemory()) MB at most")
    try await store.close()
  }

  /// A process that dies with a log that a stuck reader has kept from being folded back: it stays,
  /// and is read at the next start. Beside it a store without a log, for what the log costs.
  static func recover() async throws {
    let path = path()
    let copy = path + ".copy"
    let folded = path + ".folded"
    defer { [path, copy, folded].forEach(remove) }
    let store = try Store.open(path, patience: .milliseconds(10))
    let reader = try stuckReader(of: path)
    let names = names(10_000)
    var generator = Generator(state: 4)
    var scrape = 0
    while fileSize(path + "-wal") < 62 << 20 {
      let time = start + .seconds(15 * scrape)
      let batch = names.map {
        Sample(
          service: $0, metric: .rate, time: time, value: .random(in: 0...1000, using: &generator))
      }
      _ = try await store.append(batch, now: endOfTime)
      scrape += 1
    }
    for suffix in ["", "-wal"] {
      try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
    }
    kill(reader.processIdentifier, SIGKILL)
    reader.waitUntilExit()
    try await store.close()
    try FileManager.default.copyItem(atPath: path, toPath: folded)
    let log = fileSize(copy + "-wal") >> 20
    for (file, what) in [(folded, "after an orderly end"), (copy, "after a kill, log \(log) MB")] {
      var reopened: Store?
      let cost = try await Cost.of { reopened = try Store.open(file) }
      print(
        "opened \(what), in \(cost.wall.shortText) s (\(cost.cpu.shortText) CPU-s): "
          + "\(reopened?.services().count ?? 0) services, \(scrape / 100) M samples taken")
      try await reopened?.close()
    }
  }

  /// A shell that someone left open within a transaction.
  private static func stuckReader(of path: String) throws -> Process {
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    shell.arguments = ["sqlite3", path]
    let input = Pipe()
    let output = Pipe()
    shell.standardInput = input
    shell.standardOutput = output
    try shell.run()
    // The echo is not held back as the shell's own answers are.
    let script = "BEGIN; SELECT count(*) FROM meta;\n.system echo reads\n"
    input.fileHandleForWriting.write(Data(script.utf8))
    _ = output.fileHandleForReading.availableData
    return shell
  }
}
