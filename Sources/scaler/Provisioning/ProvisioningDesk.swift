import Storage
import Synchronization
import Web

/// Answers `/v1/export/…` with the bytes that the command writes, one table at a time.
///
/// The work is done on threads of its own, a service at a time, and stops where the reader is slow:
/// the control loop gives it nothing but a share of the processor.
struct ProvisioningDesk: Sendable {
  /// In force when it is asked.
  private let configuration: @Sendable () -> ServeConfiguration
  private let store: Store
  private let turns = Turns()

  init(store: Store, configuration: @escaping @Sendable () -> ServeConfiguration) {
    self.configuration = configuration
    self.store = store
  }

  func answer(_ question: ExportQuestion) async throws -> ExportStream {
    do {
      let turn = try turns.take()
      let fleet = try ProvisioningFleet(configuration(), store: store)
      let run = try await ProvisioningRun(ProvisioningQuestion(question), of: fleet)
      let format = ExportFormat(question.format)
      switch question.table {
      case .forecast:
        return ExportStream(.provisioningForecast, format, turn) { sink in
          _ = try await ForecastExport(run: run).write(format, jobs: 1, to: sink)
        }
      case .commitments:
        let export = try CommitmentExport(run: run)
        return ExportStream(.commitmentAnalysis, format, turn) { sink in
          _ = try await export.write(format, jobs: 1, to: sink)
        }
      }
    } catch let refusal as ProvisioningRefusal {
      throw ExportRefusal(refusal)
    }
  }
}

/// One table is made at a time: whoever comes meanwhile is told so before an answer begins.
private final class Turns: Sendable {
  private let isTaken = Mutex(false)

  /// The turn lasts as long as the value, so that an answer that is never read gives it back too.
  final class Turn: Sendable {
    private let turns: Turns

    fileprivate init(of turns: Turns) { self.turns = turns }

    deinit { turns.isTaken.withLock { $0 = false } }
  }

  func take() throws(ProvisioningRefusal) -> Turn {
    let wasTaken = isTaken.withLock { isTaken in
      defer { isTaken = true }
      return isTaken
    }
    if wasTaken { throw .busy }
    return Turn(of: self)
  }
}

extension ExportStream {
  fileprivate init(
    _ table: ExportTable, _ format: ExportFormat, _ turn: Turns.Turn,
    write: @escaping @Sendable (_ sink: ([UInt8]) async throws -> Void) async throws -> Void
  ) {
    self.init(fileName: "\(table.name).\(format.rawValue)", mediaType: format.mediaType) { sink in
      defer { withExtendedLifetime(turn) {} }
      try await write(sink)
    }
  }
}

extension ProvisioningQuestion {
  fileprivate init(_ question: ExportQuestion) throws(ProvisioningRefusal) {
    try self.init(
      horizon: question.horizon, granularity: question.granularity, timezone: question.timezone,
      at: question.at, growth: question.growth, services: question.services,
      include: question.include)
  }
}

extension ExportFormat {
  init(_ format: ExportQuestion.Format) {
    self =
      switch format {
      case .csv: .csv
      case .ndjson: .ndjson
      case .json: .json
      }
  }
}

extension ExportRefusal {
  init(_ refusal: ProvisioningRefusal) {
    self =
      switch refusal {
      case .badParameter(let name, let sentence): .badParameter(name: name, detail: sentence)
      case .unknownService(let name, _): .unknownService(name)
      case .tooLittleHistory(let sentence): .tooLittleHistory(sentence)
      case .noPrice(let sentence): .noPrice(sentence)
      case .busy: .busy
      }
  }
}
