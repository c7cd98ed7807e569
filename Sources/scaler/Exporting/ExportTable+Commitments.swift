extension ExportTable {
  /// What could be committed to: one row per target, offer and candidate amount; the best amount of
  /// each offer is recommended where it saves money.
  static let commitmentAnalysis = ExportTable(
    name: "commitment_analysis", version: "1.0",
    columns: [
      ExportColumn("x_TargetId", .string, "The service; * is the whole fleet."),
      ExportColumn("CommitmentDiscountType", .string, "The type of the offer."),
      ExportColumn("x_TermMonths", .integer, "How long the promise lasts."),
      ExportColumn("x_PaymentOption", .string, "How much is paid ahead."),
      ExportColumn("x_DiscountRatio", .decimal, "Off the on-demand price, 0 to 1."),
      ExportColumn(
        "x_BreakEvenUtilization", .decimal, "Share of the hours in use from which it pays off."),
      ExportColumn("x_CommitmentUnits", .decimal, "Instances committed to, in every hour."),
      ExportColumn(
        "x_HourlyCommitment", .decimal, "Money per hour after the discount, BillingCurrency."),
      ExportColumn("x_ExpectedUtilizationMean", .decimal, "Used share of the commitment."),
      ExportColumn("x_ExpectedUtilizationP10", .decimal, "Its 10 % quantile."),
      ExportColumn("x_ExpectedUtilizationP90", .decimal, "Its 90 % quantile."),
      ExportColumn("x_ExpectedCoverage", .decimal, "Committed share of the Instance-Hours."),
      ExportColumn(
        "x_ExpectedSavingsMean", .decimal,
        "Money saved over the judged hours against buying on demand; below zero is a loss."),
      ExportColumn("x_ExpectedSavingsP10", .decimal, "Its 10 % quantile."),
      ExportColumn("x_ExpectedSavingsP90", .decimal, "Its 90 % quantile."),
      ExportColumn(
        "x_OnDemandCostEquivalent", .decimal, "Expected cost of the judged hours on demand."),
      ExportColumn("x_ProbabilityOfLoss", .decimal, "Share of the futures that lose money."),
      ExportColumn("x_Recommended", .flag, "Whether this amount is the best of its offer."),
      ExportColumn("BillingCurrency", .string, "ISO 4217."),
      ExportColumn("x_OfferName", .string, "The offer's name in the configuration."),
      ExportColumn("x_JudgedHours", .decimal, "Hours of the forecast that it was judged on."),
      ExportColumn("x_JudgedFrom", .time, "First of the judged hours, UTC."),
      .schemaVersion,
      ExportColumn("x_ForecastRunId", .string, "Equal inputs give the same identifier."),
      ExportColumn("x_ForecastCreated", .time, "What was known then is what it rests on."),
    ])

  /// The decisions of the store in time order per service.
  static let decisions = ExportTable(
    name: "decisions", version: "1.0",
    columns: [
      ExportColumn("service", .string, "The service."),
      ExportColumn("decision", .integer, "Its number, ascending per service."),
      ExportColumn("timestamp", .time, "When it was made."),
      ExportColumn("current", .integer, "Replicas at that time; null if unknown."),
      ExportColumn("target", .integer, "Replicas wanted."),
      ExportColumn("reactive_target", .integer, "What reaction alone would have asked for."),
      ExportColumn("command", .string, "What was to be sent; null if nothing."),
      ExportColumn("outcome", .string, "What became of it; null if nothing was sent or known."),
      ExportColumn("reason", .string, "Every rule that moved it, in order."),
    ])

  /// Samples on an even grid; the columns are those of a series file, so that
  /// `scaler import csv` reads it back.
  static let samples = ExportTable(
    name: "samples", version: "1.0",
    columns: [
      ExportColumn("series", .string, "The service."),
      ExportColumn("timestamp", .time, "Begin of the step."),
      ExportColumn("rate", .decimal, "Requests per second, mean of the step."),
      ExportColumn("queue", .decimal, "Requests waiting, mean of the step."),
      ExportColumn("ready", .decimal, "Replicas serving, mean of the step."),
    ])
}
