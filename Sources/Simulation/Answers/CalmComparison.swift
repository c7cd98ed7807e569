import Domain

extension SimulatedWorld {
  /// Sets each burst's cost against what an HPA on 50 % CPU bills for the same hours without any
  /// burst: what a surge costs over an ordinary day as most fleets are run.
  ///
  /// - Complexity: One run of that autoscaler; none where there is no burst.
  public func comparedWithCalm(_ outcomes: [PolicyOutcome]) -> [PolicyOutcome] {
    guard !bursts.isEmpty, !outcomes.isEmpty else { return outcomes }
    var specification = PolicySpecification(name: "hpa-cpu-50", kind: .hpaCPU)
    specification.target = 0.5
    let calm = withoutBursts().run(specification).scorecard.bursts
    return outcomes.map { outcome in
      var outcome = outcome
      for index in outcome.scorecard.bursts.indices
      where index < calm.count && calm[index].replicaSeconds > 0 {
        let score = outcome.scorecard.bursts[index]
        outcome.scorecard.bursts[index].costOverCalm =
          score.replicaSeconds / calm[index].replicaSeconds
      }
      return outcome
    }
  }
}
