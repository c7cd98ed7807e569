/// Addresses that belong to the machine's own network segment. Clouds answer there with credentials.
enum LinkLocalAddress {
  /// Whether a numeric address is in 169.254.0.0/16 or fe80::/10, or is AWS' fd00:ec2::254, in any
  /// IPv4-mapped spelling as well.
  static func matches(_ address: String) -> Bool {
    let text = address.lowercased()
    let mapped = text.hasPrefix("::ffff:") ? String(text.dropFirst(7)) : text
    if mapped.hasPrefix("169.254.") || mapped.hasPrefix("a9fe:") { return true }
    let isFe80 = ["fe8", "fe9", "fea", "feb"].contains { text.hasPrefix($0) } && text.contains(":")
    return isFe80 || text.hasPrefix("fd00:ec2:")
  }
}
