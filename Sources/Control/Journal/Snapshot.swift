import Domain
public import Forecasting

/// A service's whole state as bytes, from which a restart goes on.
///
/// Restoring gives a value equal to the saved one, so the decisions after a restart are those that
/// would have been made without it.
extension Autoscaler {
  static let snapshotTag: UInt8 = 0x41
  static let snapshotVersion: UInt8 = 5
  /// The oldest version that is still read: until 3 a freeze had no end, until 4
  /// refusals were not kept.
  static let oldestSnapshotVersion: UInt8 = 3

  public var snapshot: [UInt8] {
    var writer = StateWriter()
    writer.write(tag: Self.snapshotTag, version: Self.snapshotVersion)
    writer.write(policy)
    writer.write(recent)
    writer.write(demand)
    risk.writeState(to: &writer)
    writer.write(watch)
    writer.write(wanted)
    writer.write(drains)
    writer.write(sizes)
    writer.write(boots)
    writer.write(nextMeasurement)
    writer.write(measuredBoot != nil)
    if let measuredBoot { writer.write(measuredBoot) }
    writer.write(foreign)
    writer.write(ledger)
    writer.write(starts)
    writer.write(feedback)
    writer.write(pool)
    writer.write(nextPlan)
    writer.write(wantsShrink)
    writer.write(isShrinkingHeld)
    writer.write(lastSize)
    writer.write(lastReady)
    writer.write(Int(nextDecision))
    writer.write(lastDecision != nil)
    if let lastDecision { writer.write(lastDecision) }
    writer.write(lastProposal != nil)
    if let lastProposal { writer.write(lastProposal) }
    writer.write(inFlight != nil)
    if let inFlight { writer.write(inFlight) }
    writer.write(acceptedFloor)
    writer.write(refusals)
    writer.write(override)
    writer.write(frozenUntil)
    writer.write(fencingToken.map { Int($0) })
    return writer.bytes
  }

  /// - Throws: `StateError` if the bytes are not a snapshot of a known version.
  public init(snapshot bytes: [UInt8]) throws(StateError) {
    var reader = StateReader(bytes)
    let version = try reader.read(
      tag: Self.snapshotTag, versions: Self.oldestSnapshotVersion...Self.snapshotVersion)
    self.init(policy: try reader.readPolicy())
    recent = try reader.readRecentRate()
    try reader.readDemand(into: &demand)
    try risk.readState(from: &reader)
    watch = try reader.readWatch()
    wanted = try reader.readHeldMaximum()
    drains = try reader.readHeldMaximum()
    sizes = try reader.readSizes()
    boots = try reader.readBoots()
    nextMeasurement = try reader.readOptionalTimestamp()
    measuredBoot = try reader.readBool() ? try reader.readDuration() : nil
    tempo = Tempo(policy, boot: measuredBoot ?? policy.fleet.boot)
    foreign = try reader.readForeignWrites()
    ledger = try reader.readLedger()
    starts = try reader.readStarts()
    feedback = try reader.readFeedback()
    pool = try reader.readPool(for: policy.id)
    nextPlan = try reader.readOptionalTimestamp()
    wantsShrink = try reader.readBool()
    isShrinkingHeld = try reader.readBool()
    lastSize = try reader.readOptionalInt()
    lastReady = try reader.readOptionalInt()
    nextDecision = Int64(try reader.readInt())
    if try reader.readBool() { lastDecision = try reader.readDecision(for: policy.id) }
    if try reader.readBool() { lastProposal = try reader.readDecision(for: policy.id) }
    if try reader.readBool() { inFlight = try reader.readCommand(for: policy.id) }
    acceptedFloor = try reader.readOptionalInt()
    if version >= 5 { refusals = try reader.readRefusals() }
    override = try reader.readOverride()
    frozenUntil =
      version < 4
      ? (try reader.readBool() ? .latest : nil) : try reader.readOptionalTimestamp()
    fencingToken = try reader.readOptionalInt().map(Int64.init)
    guard reader.remaining == 0 else {
      throw .inconsistent("\(reader.remaining) bytes follow the snapshot")
    }
  }
}
