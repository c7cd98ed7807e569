/// The fixed shape of an exported table. Columns may be added at the end, never renamed or moved.
struct ExportTable: Sendable, Equatable {
  /// Also the name of the file where nobody gives another: `provisioning_forecast`.
  let name: String
  let version: String
  let columns: [ExportColumn]
}

extension ExportTable {
  /// What a service or the fleet needs and costs: one row per target and period.
  ///
  /// Names, formats and order follow FOCUS 1.2 so that rows join with bills on period, currency and
  /// resource; what FOCUS has no word for begins with `x_`.
  static let provisioningForecast = ExportTable(
    name: "provisioning_forecast", version: "1.0",
    columns: periodColumns + resourceColumns + runColumns + demandColumns + unitColumns
      + moneyColumns + [
        ExportColumn(
          "x_PartialPeriod", .flag,
          "Whether the period is cut short by the begin or the end of the export.")
      ])

  private static let periodColumns = [
    ExportColumn("ChargePeriodStart", .time, "First instant of the period, UTC."),
    ExportColumn("ChargePeriodEnd", .time, "First instant after the period, UTC."),
    ExportColumn("BillingCurrency", .string, "ISO 4217; null without one price currency."),
  ]

  private static let resourceColumns = [
    ExportColumn("ProviderName", .string, "The cloud; null if unknown."),
    ExportColumn("ServiceName", .string, "The cloud's product; null if unknown."),
    ExportColumn("RegionId", .string, "The cloud's region; null if unknown."),
    ExportColumn("SubAccountId", .string, "The account; null if unknown."),
    ExportColumn("ResourceId", .string, "What is scaled, as the platform names it."),
    ExportColumn("ResourceName", .string, "What is scaled, for people."),
    ExportColumn("ResourceType", .string, "The kind of what is scaled."),
    ExportColumn("SkuId", .string, "Null: prices are configured, not looked up."),
    ExportColumn("SkuPriceId", .string, "Null: prices are configured, not looked up."),
    ExportColumn(
      "PricingCategory", .string, "Standard, or Committed where a commitment is netted."),
    ExportColumn("PricingUnit", .string, "Unit of the prices."),
    ExportColumn(
      "ListUnitPrice", .decimal, "List price per Instance-Hour; null without one price."),
    ExportColumn("ContractedUnitPrice", .decimal, "Null: negotiated prices are not known."),
    ExportColumn("ConsumedUnit", .string, "Unit of the x_Units columns."),
    ExportColumn("CommitmentDiscountId", .string, "The commitment the money is netted against."),
    ExportColumn("CommitmentDiscountType", .string, "Its type."),
    ExportColumn("Tags", .json, "Labels for allocation, a JSON object; null if there are none."),
  ]

  private static let runColumns = [
    .schemaVersion,
    ExportColumn("x_TargetId", .string, "The service; * is the whole fleet."),
    ExportColumn("x_Granularity", .string, "hour, day or month."),
    ExportColumn("x_RowType", .string, "forecast, or actual for what was measured."),
    ExportColumn("x_ForecastRunId", .string, "Equal inputs give the same identifier."),
    ExportColumn("x_ForecastCreated", .time, "What was known then is what the forecast rests on."),
    ExportColumn("x_Horizon", .string, "From the first period's begin, an ISO 8601 duration."),
    ExportColumn("x_ModelName", .string, "The demand model."),
    ExportColumn("x_ModelParametersHash", .string, "Equal fits have the same hash."),
    ExportColumn("x_TrainedFrom", .time, "Begin of the demand that was learnt from."),
    ExportColumn("x_TrainedTo", .time, "End of the demand that was learnt from."),
    ExportColumn(
      "x_Extrapolated", .flag, "Whether the row lies further ahead than the past is long."),
  ]

  private static let demandColumns =
    [
      ExportColumn("x_DemandUnit", .string, "Unit of the demand columns."),
      ExportColumn("x_DemandMean", .decimal, "Expected requests per second, mean of the period."),
    ]
    + ["10", "50", "90", "99"].map {
      ExportColumn("x_DemandP\($0)", .decimal, "\($0) % quantile of the period's mean demand.")
    } + [
      ExportColumn("x_DemandActual", .decimal, "Measured mean demand; null in forecasts.")
    ]

  private static let unitColumns =
    [ExportColumn("x_UnitsMean", .decimal, "Expected Instance-Hours within the period.")]
    + ["05", "10", "25", "50", "75", "90", "95", "99"].map {
      ExportColumn("x_UnitsP\($0)", .decimal, "\($0) % quantile of the period's Instance-Hours.")
    } + [
      ExportColumn(
        "x_UnitsFloor", .decimal, "Instance-Hours that the expected demand alone needs."),
      ExportColumn(
        "x_UnitsPolicy", .decimal, "Instance-Hours that the policy buys for the expected demand."),
      ExportColumn("x_UnitsActual", .decimal, "Measured Instance-Hours; null if not measured."),
      ExportColumn("x_PeakUnitsP50", .decimal, "Median of the most instances at once."),
      ExportColumn("x_PeakUnitsP95", .decimal, "95 % quantile of the most instances at once."),
      ExportColumn("x_UnitsCommitted", .decimal, "Instance-Hours paid for by commitment."),
      ExportColumn(
        "x_UnitsOnDemandMean", .decimal, "Expected Instance-Hours above the commitment."),
      ExportColumn(
        "x_CommitmentUtilizationMean", .decimal, "Used share of the commitment; null without one."),
      ExportColumn(
        "x_CommitmentCoverageMean", .decimal, "Share of the Instance-Hours that is committed."),
    ]

  private static let moneyColumns = [
    ExportColumn("x_ListCostMean", .decimal, "Expected cost at list price, BillingCurrency."),
    ExportColumn("x_EffectiveCostMean", .decimal, "Expected cost with commitments amortised."),
    ExportColumn("x_EffectiveCostP10", .decimal, "10 % quantile of the effective cost."),
    ExportColumn("x_EffectiveCostP50", .decimal, "Median of the effective cost."),
    ExportColumn("x_EffectiveCostP90", .decimal, "90 % quantile of the effective cost."),
    ExportColumn("x_PriceSource", .string, "Where the price comes from."),
    ExportColumn("x_PriceAsOf", .time, "When the price was looked up; null if nobody said."),
  ]
}
