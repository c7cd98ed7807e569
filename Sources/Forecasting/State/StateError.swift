/// Why a stored state could not be read. The value being read is not created; the reader stays
/// where the failing read began.
public enum StateError: Error, Sendable, Equatable {
  /// The bytes end before the value does.
  case truncated(at: Int)
  /// A tag, version or Boolean byte is not the one expected.
  case unexpectedByte(UInt8, at: Int)
  /// A count is negative or larger than the remaining bytes can hold.
  case impossibleCount(Int, at: Int)
  /// A string is not UTF-8.
  case invalidText(at: Int)
  /// The parts were read but contradict each other; the text says which.
  case inconsistent(String)
}
