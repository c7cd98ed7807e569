import Testing
@testable import scaler
