import Domain
import Simulation

/// What is asked of a world once its policies have run: which warm pool its surprises need, and what
/// its growth costs.
struct SimulationQuestions {
  let file: ScenarioFile
  let world: SimulatedWorld
  /// The policy that the others are compared with; nil picks one.
  let baseline: String?
  /// What the baseline's replicas cost today.
  let bill: Double?
  let workers: Int

  /// - Complexity: A dozen runs for the pool where there are surprises, two for growth where there
  ///   is any.
  /// - Throws: `CommandFailure` if the world without its growth is none.
  func answer(in report: inout SimulationReport, searchesStandby: Bool) async throws {
    if searchesStandby, let ours = hybrid(in: report) {
      report.standby = await world.standbyAdvice(for: ours, workers: workers)
    }
    guard
      let cast = ReportCast(outcomes: report.outcomes, best: report.best, baseline: baseline)
    else { return }
    do {
      report.growth = try await GrowthAnswer.answer(
        file.scenario, trace: file.trace, world: world, lead: cast.lead, baseline: cast.rival,
        bill: bill, workers: workers)
    } catch {
      throw CommandFailure(status: .badConfiguration, message: "\(file.name): \(error)")
    }
  }

  /// The hybrid that the report leads with, as it was configured.
  private func hybrid(in report: SimulationReport) -> PolicySpecification? {
    let cast = ReportCast(outcomes: report.outcomes, best: report.best, baseline: baseline)
    guard let name = cast?.ours?.name else { return nil }
    return file.scenario.policies.first { $0.name == name && $0.kind == .hybrid }
  }
}
