import Adapters
import ArgumentParser
import Domain
import Foundation
import Storage
import Web

/// The documented exit codes.
enum ExitStatus: Int32 {
  case failure = 1
  case changesPending = 2
  case usage = 64
  case badInput = 65
  case unavailable = 69
  case badConfiguration = 78
  case thresholdFailed = 99
  case interrupted = 130
}

/// A failure with the sentence to print and the code to end with.
struct CommandFailure: Error {
  var status: ExitStatus
  var message: String
}

/// A subcommand whose failures end with one sentence on standard error and a documented code.
protocol ScalerCommand: AsyncParsableCommand {
  func perform() async throws
}

extension ScalerCommand {
  func run() async throws {
    do {
      try await perform()
    } catch let exit as ExitCode {
      throw exit
    } catch {
      let failure = CommandFailure(explaining: error)
      Terminal.say("scaler: \(failure.message)")
      throw ExitCode(failure.status.rawValue)
    }
  }
}

extension CommandFailure {
  /// Names any error for the person at the terminal.
  init(explaining error: any Error) {
    switch error {
    case let failure as CommandFailure: self = failure
    case let error as ConfigurationError:
      self.init(status: .badConfiguration, message: "\(error)")
    case let error as SeriesFileError: self.init(status: .badInput, message: "\(error)")
    case let error as StoreError: self.init(status: .failure, message: "\(error)")
    case let error as WebServerError: self.init(status: error.status, message: "\(error)")
    case let error as SourceError: self.init(status: .unavailable, message: "\(error)")
    default: self.init(status: .failure, message: "\(error)")
    }
  }
}

extension WebServerError {
  /// A wrong address is a wrong configuration; a taken one is the machine's state.
  fileprivate var status: ExitStatus {
    switch self {
    case .notLoopback, .badPort, .badAddress: .badConfiguration
    case .cannotListen: .failure
    }
  }
}

/// What goes to people: messages and progress, on standard error.
enum Terminal {
  static func say(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
  }

  static var isInteractive: Bool { isatty(STDERR_FILENO) == 1 }

  /// Columns that results are shown in; nil if they do not go to a terminal.
  static var width: Int? {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// Whether results may be coloured: a terminal, and nobody said no.
  static var hasColor: Bool {
    isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
  }
}
