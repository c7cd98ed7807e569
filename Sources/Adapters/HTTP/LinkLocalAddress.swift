/// Addresses at which clouds tell a machine its credentials: those of its own network segment, and a
/// few that look like others.
enum LinkLocalAddress {
  /// Alibaba Cloud's, Oracle Cloud's and Azure's.
  private static let others: Set<String> = ["100.100.100.200", "192.0.0.192", "168.63.129.16"]

  /// Whether a numeric address is in 169.254.0.0/16 or fe80::/10, or is AWS' fd00:ec2::254 or one of
  /// the others, in any IPv4-mapped spelling as well.
  static func matches(_ address: String) -> Bool {
    let text = address.lowercased()
    let mapped = text.hasPrefix("::ffff:") ? String(text.dropFirst(7)) : text
    if mapped.hasPrefix("169.254.") || mapped.hasPrefix("a9fe:") || others.contains(mapped) {
      return true
    }
    let isFe80 = ["fe8", "fe9", "fea", "feb"].contains { text.hasPrefix($0) } && text.contains(":")
    return isFe80 || text.hasPrefix("fd00:ec2:")
  }
}
