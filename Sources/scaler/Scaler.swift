import ArgumentParser

/// The command. Its subcommands wire the modules together and decide nothing.
///
/// Each says what it is called: to read that off its type takes two milliseconds of every start.
@main
struct Scaler: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scaler",
    abstract: "Predictive autoscaling: replicas are warm before the load arrives.",
    discussion: """
      Exit codes: 0 ok · 1 runtime failure · 2 changes are pending (plan --detailed-exitcode) · \
      64 usage · 65 bad input data · 69 a source or cloud is unavailable · 78 bad configuration · \
      99 a simulation threshold failed · 130 interrupted.
      """,
    version: Version.text,
    subcommands: [
      Serve.self, Simulate.self, Tune.self, Forecast.self, Check.self, Plan.self, Explain.self,
      Replay.self,
      Import.self, Export.self,
      Kinds.self,
    ])
}

enum Version {
  static let text = "0.1.0"
}
