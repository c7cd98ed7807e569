import Domain
import Foundation
import Synchronization

/// Runs a program without a shell: bytes on its standard input, a limited answer from its standard
/// output, an end after the time limit whatever it does.
struct Program: Sendable {
  struct Output: Sendable, Equatable {
    var status: Int32
    var answer: [UInt8]
    /// At most 2,000 bytes of standard error.
    var complaints: String
  }

  enum Failure: Error, Sendable, Equatable {
    case doesNotStart(String)
    case timedOut
    case tooLong(limit: Int)
  }

  /// The executable and its arguments; without a slash the executable is looked for in `PATH`.
  let arguments: [String]
  let answerLimit: Int
  /// Variables over those of this process.
  var environment: [String: String] = [:]

  func run(_ input: [UInt8], timeLimit: Duration) async throws(Failure) -> Output {
    let isCancelled = Mutex(false)
    let result: Result<Output, Failure> = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        // A thread of its own, because waiting for a program blocks it.
        Thread.detachNewThread {
          do throws(Failure) {
            let end = ContinuousClock.now + timeLimit
            let run = try ProgramRun(self, input: input, until: end)
            let output = try run.wait(
              until: end, isCancelled: { isCancelled.withLock { $0 } })
            continuation.resume(returning: .success(output))
          } catch {
            continuation.resume(returning: .failure(error))
          }
        }
      }
    } onCancel: {
      isCancelled.withLock { $0 = true }
    }
    return try result.get()
  }

  var executable: String? {
    guard let name = arguments.first, !name.isEmpty else { return nil }
    if name.contains("/") { return name }
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return path.split(separator: ":").map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}

/// One run; used by one thread.
private final class ProgramRun {
  private let process: Process
  private let output = Pipe()
  private let errors = Pipe()
  private let answerLimit: Int

  init(
    _ program: Program, input: [UInt8], until end: ContinuousClock.Instant
  ) throws(Program.Failure) {
    answerLimit = program.answerLimit
    guard let executable = program.executable else {
      throw .doesNotStart("\(program.arguments.first ?? "") is not an executable file")
    }
    // Input from a file cannot block, and a program that does not read it raises no signal here.
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    let isWritten = FileManager.default.createFile(
      atPath: file.path, contents: Data(input), attributes: [.posixPermissions: 0o600])
    guard isWritten, let handle = FileHandle(forReadingAtPath: file.path) else {
      throw .doesNotStart("its input cannot be written to \(file.deletingLastPathComponent().path)")
    }
    defer {
      try? handle.close()
      try? FileManager.default.removeItem(at: file)
    }
    process = try Self.start(
      executable, program, input: handle, output, errors, until: end)
  }

  /// A file that somebody still writes cannot be executed (ETXTBSY). That lasts for as long as it
  /// takes to replace a script, or for a moment longer where another thread's new process has
  /// inherited the writer's descriptor and has not closed it yet: it is waited for.
  private static func start(
    _ executable: String, _ program: Program, input: FileHandle, _ output: Pipe, _ errors: Pipe,
    until end: ContinuousClock.Instant
  ) throws(Program.Failure) -> Process {
    while true {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: executable)
      process.arguments = Array(program.arguments.dropFirst())
      if !program.environment.isEmpty {
        process.environment = ProcessInfo.processInfo.environment
          .merging(program.environment) { $1 }
      }
      process.standardInput = input
      process.standardOutput = output
      process.standardError = errors
      do {
        try process.run()
        return process
      } catch {
        guard Self.isBusy(error) else { throw .doesNotStart("\(executable) does not start") }
        guard .now < end else {
          throw .doesNotStart("\(executable) does not start: another process is writing it")
        }
      }
      usleep(10_000)
    }
  }

  private static func isBusy(_ error: any Error) -> Bool {
    let error = error as NSError
    let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError ?? error
    return cause.domain == NSPOSIXErrorDomain && cause.code == Int(ETXTBSY)
  }

  func wait(
    until end: ContinuousClock.Instant, isCancelled: () -> Bool
  ) throws(Program.Failure) -> Program.Output {
    var answer: [UInt8] = []
    var complaints: [UInt8] = []
    var open = [
      output.fileHandleForReading.fileDescriptor, errors.fileHandleForReading.fileDescriptor,
    ]
    let answerEnd = open[0]
    while !open.isEmpty {
      let left = end - .now
      guard left > .zero, !isCancelled() else {
        stop()
        throw .timedOut
      }
      for ready in Self.readable(open, within: min(left, .milliseconds(50))) {
        let bytes = Self.read(ready)
        if bytes.isEmpty { open.removeAll { $0 == ready } }
        if ready == answerEnd { answer += bytes } else { complaints += bytes }
        complaints.removeFirst(max(0, complaints.count - 2000))
        guard answer.count <= answerLimit else {
          stop()
          throw .tooLong(limit: answerLimit)
        }
      }
    }
    // Its output is closed; it may still run.
    while process.isRunning {
      guard .now < end, !isCancelled() else {
        stop()
        throw .timedOut
      }
      usleep(2000)
    }
    let text = String(decoding: complaints, as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    return Program.Output(status: process.terminationStatus, answer: answer, complaints: text)
  }

  /// Asks the program to end and makes it after half a second.
  private func stop() {
    process.terminate()
    for _ in 0..<50 where process.isRunning { usleep(10_000) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  private static func readable(_ files: [Int32], within time: Duration) -> [Int32] {
    var polled = files.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    let milliseconds = Int32(max(1, min(1000, time.inSeconds * 1000)))
    guard poll(&polled, nfds_t(polled.count), milliseconds) > 0 else { return [] }
    return polled.filter { $0.revents != 0 }.map(\.fd)
  }

  private static func read(_ file: Int32) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 65_536)
    let count = Foundation.read(file, &block, block.count)
    return count > 0 ? Array(block[..<count]) : []
  }
}
