/// Why an expression cannot be read.
struct ExpressionError: Error, Equatable {
    /// Where, in Unicode scalars from the start of the expression.
    let offset: Int
    let message: String
}
