public import Domain

/// A platform behind a program of the operator's own: one JSON message on its standard input, one on
/// its standard output, exit status 0. No shell is involved.
///
/// Any other exit status of a command is an unknown result, because the program may have acted before
/// it failed; 69 says that it has not and 77 that it must not.
public struct ExecCloud: CloudAdapter {
  public let capabilities = CloudCapabilities(
    commands: [.desired, .floor], holdsPlans: false, hasWarmPool: false)

  private let program: Program
  private let timeLimit: Duration
  private let now: @Sendable () -> Timestamp

  /// - Parameters:
  ///   - command: The executable and its arguments.
  ///   - timeLimit: For one run; after it the program is ended.
  public init(
    command: [String], timeLimit: Duration = .seconds(15),
    now: @escaping @Sendable () -> Timestamp
  ) {
    program = Program(arguments: command, answerLimit: 1 << 20)
    self.timeLimit = timeLimit
    self.now = now
  }

  public func observe(_ services: [ServiceID], at time: Timestamp) async -> [FleetReading] {
    do throws(CloudError) {
      let request = FleetMessages.ObserveRequest(services: services, time: time)
      let answer = try await run(try FleetMessages.encode(request), timeLimit: timeLimit)
      return FleetMessages.readings(answer, of: services, at: time)
    } catch {
      let problem = error.sentence
      return services.map { _ in FleetReading(problem: problem) }
    }
  }

  public func apply(_ command: ScaleCommand) async throws(CloudError) -> ScaleOutcome {
    let left = command.validUntil.since(now())
    guard left > .zero else { return .notSent("the command was valid until \(command.validUntil)") }
    let input = try FleetMessages.encode(FleetMessages.Command(command))
    let answer = try await run(input, timeLimit: min(left, timeLimit))
    return try FleetMessages.outcome(answer, of: command)
  }

  private func run(_ input: [UInt8], timeLimit: Duration) async throws(CloudError) -> [UInt8] {
    let output: Program.Output
    do throws(Program.Failure) {
      output = try await program.run(input, timeLimit: timeLimit)
    } catch {
      switch error {
      case .doesNotStart(let why): throw .malformed(why)
      case .timedOut: throw .unknownResult("the program did not end in time")
      case .tooLong(let limit): throw .unknownResult("the program wrote more than \(limit) bytes")
      }
    }
    let said = output.complaints.isEmpty ? "no message" : String(output.complaints.suffix(200))
    switch output.status {
    case 0: return output.answer
    case 69: throw .unavailable("the program is not available: \(said)", retryAfter: nil)
    case 77: throw .denied("the program has no permission: \(said)")
    default: throw .unknownResult("the program ended with status \(output.status): \(said)")
    }
  }
}
