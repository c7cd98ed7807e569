import Domain
import Foundation
import Testing

@testable import scaler

@Suite("Exported rows")
struct ExportEncodingTests {
  static let table = ExportTable(
    name: "t", version: "1.0",
    columns: [
      ExportColumn("Name", .string, ""), ExportColumn("x_Value", .decimal, ""),
      ExportColumn("x_Count", .integer, ""), ExportColumn("Start", .time, ""),
      ExportColumn("x_Flag", .flag, ""),
    ])

  static func text(_ rows: [[ExportCell]], _ format: ExportFormat) -> String {
    var encoder = RowEncoder(table, format: format)
    encoder.begin()
    for row in rows { encoder.add(row) }
    encoder.end(metadata: #"{"a":1}"#)
    return String(decoding: encoder.drain(), as: UTF8.self)
  }

  static let rows: [[ExportCell]] = [
    [.text("web"), .decimal(1.5), .integer(-3), .time(Timestamp(seconds: 0)), .flag(true)],
    [.null, .null, .null, .null, .null],
  ]

  @Test("CSV has a header, CRLF, and nothing at all where a value is not known")
  func csv() {
    #expect(
      Self.text(Self.rows, .csv)
        == "Name,x_Value,x_Count,Start,x_Flag\r\n"
        + "web,1.5,-3,1970-01-01T00:00:00Z,true\r\n,,,,\r\n")
  }

  @Test("NDJSON and JSON hold the same values, and JSON its metadata")
  func json() throws {
    #expect(
      Self.text(Self.rows, .ndjson)
        == #"{"Name":"web","x_Value":1.5,"x_Count":-3,"Start":"1970-01-01T00:00:00Z","x_Flag":true}"#
        + "\n" + #"{"Name":null,"x_Value":null,"x_Count":null,"Start":null,"x_Flag":null}"# + "\n")
    for rows in [[], Self.rows] {
      let document = try JSONSerialization.jsonObject(with: Data(Self.text(rows, .json).utf8))
      let members = try #require(document as? [String: Any])
      #expect((members["rows"] as? [Any])?.count == rows.count)
      #expect((members["metadata"] as? [String: Int]) == ["a": 1])
      #expect(members["schema_version"] as? String == "1.0")
    }
  }

  @Test(
    "A text that a spreadsheet would run gets an apostrophe, and quotes where RFC 4180 wants them",
    arguments: [
      ("web", "web"), ("=1+1", "'=1+1"), ("+49", "'+49"), ("-web", "'-web"), ("@sum", "'@sum"),
      ("\tx", "'\tx"), ("\rx", "\"'\rx\""), ("a,b", "\"a,b\""),
      ("say \"hi\"", "\"say \"\"hi\"\"\""),
      ("=\"a\",b", "\"'=\"\"a\"\",b\""), ("two\nlines", "\"two\nlines\""), ("", "\"\""),
      ("a=b", "a=b"), ("*", "*"), ("münchen", "münchen"),
    ])
  func fields(text: String, field: String) {
    var out = ExportBytes()
    out.append(csvField: text)
    #expect(String(decoding: out.bytes, as: UTF8.self) == field)
  }

  @Test(
    "Decimals have a point and no exponent",
    arguments: [
      (0.0, "0.0"), (-0.0, "0.0"), (1, "1.0"), (0.096, "0.096"), (-12.25, "-12.25"),
      (0.0000004, "0.0"), (-0.0000004, "0.0"), (0.0000016, "0.000002"), (0.000123, "0.000123"),
      (123_456_789.5, "123456789.5"), (0.1 + 0.2, "0.3"), (9.9999996, "10.0"),
      (1e12, "1000000000000.0"), (-1e12, "-1000000000000.0"),
    ])
  func decimals(value: Double, text: String) {
    var out = ExportBytes()
    out.append(decimal: value)
    #expect(String(decoding: out.bytes, as: UTF8.self) == text)
  }

  @Test("What is not a number is not a value")
  func unknown() {
    let row: [ExportCell] = [.text("a"), .decimal(.nan), .integer(1), .null, .flag(false)]
    #expect(Self.text([row], .csv).hasSuffix("\r\na,,1,,false\r\n"))
    let infinite: [ExportCell] = [
      .text("a"), .decimal(.infinity), .integer(1), .null, .flag(false),
    ]
    #expect(Self.text([infinite], .ndjson).contains(#""x_Value":null"#))
  }

  @Test("JSON strings escape what must be, and nothing else")
  func strings() throws {
    let text = "a\"b\\c\nd\u{1}\u{7F}ü€😀"
    var out = ExportBytes()
    out.append(jsonString: text)
    let read = try JSONSerialization.jsonObject(with: Data(out.bytes), options: .fragmentsAllowed)
    #expect(read as? String == text)
  }

  @Test("The columns of the forecast are those that were promised, in their order")
  func forecastColumns() {
    let promised = """
      ChargePeriodStart ChargePeriodEnd BillingCurrency ProviderName ServiceName RegionId \
      SubAccountId ResourceId ResourceName ResourceType SkuId SkuPriceId PricingCategory \
      PricingUnit ListUnitPrice ContractedUnitPrice ConsumedUnit CommitmentDiscountId \
      CommitmentDiscountType Tags x_SchemaVersion x_TargetId x_Granularity x_RowType \
      x_ForecastRunId x_ForecastCreated x_Horizon x_ModelName x_ModelParametersHash x_TrainedFrom \
      x_TrainedTo x_Extrapolated x_DemandUnit x_DemandMean x_DemandP10 x_DemandP50 x_DemandP90 \
      x_DemandP99 x_DemandActual x_UnitsMean x_UnitsP05 x_UnitsP10 x_UnitsP25 x_UnitsP50 \
      x_UnitsP75 x_UnitsP90 x_UnitsP95 x_UnitsP99 x_UnitsFloor x_UnitsPolicy x_UnitsActual \
      x_PeakUnitsP50 x_PeakUnitsP95 x_UnitsCommitted x_UnitsOnDemandMean \
      x_CommitmentUtilizationMean x_CommitmentCoverageMean x_ListCostMean x_EffectiveCostMean \
      x_EffectiveCostP10 x_EffectiveCostP50 x_EffectiveCostP90 x_PriceSource x_PriceAsOf
      """.split(separator: " ").map(String.init)
    let names = ExportTable.provisioningForecast.columns.map(\.name)
    #expect(Array(names.prefix(promised.count)) == promised)
    // Columns are only ever added at the end.
    #expect(names.dropFirst(promised.count) == ["x_PartialPeriod"])
  }

  @Test("The columns of the commitments are those that were promised, in their order")
  func commitmentColumns() {
    let promised = """
      x_TargetId CommitmentDiscountType x_TermMonths x_PaymentOption x_DiscountRatio \
      x_BreakEvenUtilization x_CommitmentUnits x_HourlyCommitment x_ExpectedUtilizationMean \
      x_ExpectedUtilizationP10 x_ExpectedUtilizationP90 x_ExpectedCoverage \
      x_ExpectedSavingsMean x_ExpectedSavingsP10 x_ExpectedSavingsP90 x_OnDemandCostEquivalent \
      x_ProbabilityOfLoss x_Recommended
      """.split(separator: " ").map(String.init)
    let names = ExportTable.commitmentAnalysis.columns.map(\.name)
    #expect(Array(names.prefix(promised.count)) == promised)
  }

  @Test(
    "Custom columns begin with x_, and every name is short and plain enough for FOCUS",
    arguments: [ExportTable.provisioningForecast, .commitmentAnalysis])
  func names(table: ExportTable) {
    let names = table.columns.map(\.name)
    #expect(Set(names).count == names.count)
    for column in table.columns {
      let bare = column.name.hasPrefix("x_") ? column.name.dropFirst(2) : column.name[...]
      #expect(column.name.count <= 50)
      #expect(bare.first?.isUppercase == true && bare.allSatisfy { $0.isLetter || $0.isNumber })
      #expect(column.meaning.hasSuffix("."), "\(column.name)")
    }
  }

  @Test(
    "A horizon is an ISO 8601 duration",
    arguments: [
      ("35d", "P35D"), ("36h", "P1DT12H"), ("90m", "PT1H30M"), ("13w", "P91D"), ("1h", "PT1H"),
    ])
  func horizons(text: String, iso: String) throws {
    #expect(ForecastRows.isoText(try #require(Duration(parsing: text))) == iso)
  }

  @Test(
    "Growth is a factor, with a time, a ramp, or both",
    arguments: [
      ("3", GrowthStep(factor: 3, from: nil, over: .zero)),
      ("1.5/90d", GrowthStep(factor: 1.5, from: nil, over: .seconds(90 * 86_400))),
      (
        "2@2027-01-01T00:00:00Z",
        GrowthStep(factor: 2, from: Timestamp(seconds: 1_798_761_600), over: .zero)
      ),
      (
        "2@2027-01-01T00:00:00Z/1h",
        GrowthStep(factor: 2, from: Timestamp(seconds: 1_798_761_600), over: .seconds(3600))
      ),
    ])
  func growth(text: String, step: GrowthStep) {
    #expect(GrowthStep(parsing: text) == step)
  }

  @Test("What is no growth is refused", arguments: ["", "x", "0", "-1", "nan", "3@", "3/", "1001"])
  func noGrowth(text: String) {
    #expect(GrowthStep(parsing: text) == nil)
  }
}
