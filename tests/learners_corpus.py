"""Code as learners bring it: in the styles of courses, blogs and forum questions.

Each base is right, in its own style, and is named by what is handed to `diagnose`. The
edits put one mistake into it, with the code of its name. A few bases are wrong as they
are written; they carry their code in place of "right".
"""

from nnteach import deep, three_layer, two_layer, worked_example


def network(*activations, cost):
    """Return a network with these activations: three inputs, three units, ..."""
    outputs = 1 if activations[-1] == "sigmoid" else 3
    entries = deep.architecture([3] * len(activations) + [outputs])
    for entry, activation in zip(entries, activations, strict=True):
        entry["activation"] = activation
    return deep.Network(entries, cost)


BINARY, CLASSES = "binary_cross_entropy", "categorical_cross_entropy"
NETWORKS = {
    "two": two_layer,
    "three": three_layer,
    "squares": worked_example,
    "relu softmax": network("relu", "softmax", cost=CLASSES),
    "tanh softmax": network("tanh", "softmax", cost=CLASSES),
    "sigmoid sigmoid": network("sigmoid", "sigmoid", cost=BINARY),
    "relu sigmoid": network("relu", "sigmoid", cost=BINARY),
    "relu relu sigmoid": network("relu", "relu", "sigmoid", cost=BINARY),
}

# What stands in the cells above a learner's function.
CELLS_ABOVE = """
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def sigmoid_derivative(a):
    return a * (1 - a)

def relu(z):
    return np.maximum(0, z)

def relu_deriv(z):
    return z > 0

def softmax(z):
    e = np.exp(z - z.max(axis=0))
    return e / e.sum(axis=0)

def softmax_rows(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)

def one_hot(labels):
    table = np.zeros((labels.max() + 1, labels.size))
    table[labels, np.arange(labels.size)] = 1
    return table

rng = np.random.default_rng(1)
m = 50
"""

# (name, network, what is handed over, "right" or the code, source, edits)
BASES = [
    # ------------------------------------------------------ digits, all arrays apart
    ("digits back", "relu softmax", "back_prop", "right", """
def back_prop(Z1, A1, Z2, A2, W1, W2, X, Y):
    n = Y.size
    dZ2 = A2 - one_hot(Y)
    dW2 = 1 / n * dZ2.dot(A1.T)
    db2 = 1 / n * np.sum(dZ2, axis=1, keepdims=True)
    dZ1 = W2.T.dot(dZ2) * relu_deriv(Z1)
    dW1 = 1 / n * dZ1.dot(X.T)
    db1 = 1 / n * np.sum(dZ1, axis=1, keepdims=True)
    return dW1, db1, dW2, db2
""", [
        ("db2 = 1 / n * np.sum(dZ2, axis=1, keepdims=True)",
         "db2 = 1 / n * np.sum(dZ2)", ("bias-one-number", "bias-zero")),
        (" * relu_deriv(Z1)", "", "slope-missing"),
        ("1 / n * dZ1.dot(X.T)", "dZ1.dot(X.T)", "mean-missing"),
    ]),
    ("digits back, rate of examples from outside", "relu softmax", "backward_prop",
     "right", """
def backward_prop(z1, a1, z2, a2, w2, x, y):
    dz2 = a2 - one_hot(y)
    dw2 = dz2.dot(a1.T) / m
    db2 = dz2.sum(axis=1).reshape(-1, 1) / m
    dz1 = w2.T.dot(dz2) * (z1 > 0)
    dw1 = dz1.dot(x.T) / m
    db1 = dz1.sum(axis=1).reshape(-1, 1) / m
    return dw1, db1, dw2, db2
""", [
        ("(z1 > 0)", "np.maximum(0, z1)", "activation-for-slope"),
        ("w2.T.dot(dz2)", "w2.T.dot(a2)", "error-not-sent-back"),
    ]),
    ("digits forward", "relu softmax", "forward_prop", "right", """
def forward_prop(W1, b1, W2, b2, X):
    Z1 = W1.dot(X) + b1
    A1 = relu(Z1)
    Z2 = W2.dot(A1) + b2
    A2 = softmax(Z2)
    return Z1, A1, Z2, A2
""", [
        ("softmax(Z2)", "np.exp(Z2) / np.exp(Z2).sum()", "softmax-axis"),
        ("relu(Z1)", "sigmoid(Z1)", "other-activation"),
        ("W2.dot(A1) + b2", "W2.dot(A1)", "bias-missing"),
    ]),
    ("digits update", "relu softmax", "update_params", "right", """
def update_params(W1, b1, W2, b2, dW1, db1, dW2, db2, alpha):
    W1 = W1 - alpha * dW1
    b1 = b1 - alpha * db1
    W2 = W2 - alpha * dW2
    b2 = b2 - alpha * db2
    return W1, b1, W2, b2
""", [
        ("W1 = W1 - alpha * dW1", "W1 = W1 + alpha * dW1", "wrong-sign"),
        ("b2 = b2 - alpha * db2", "b2 = b2 - db2", "rate-missing"),
    ]),
    ("digits, three layers", "three", "back_prop", "right", """
def back_prop(Z1, A1, Z2, A2, Z3, A3, W1, W2, W3, X, Y):
    n = Y.size
    dZ3 = A3 - one_hot(Y)
    dW3 = 1 / n * dZ3 @ A2.T
    db3 = 1 / n * np.sum(dZ3, 1).reshape(-1, 1)
    dZ2 = W3.T @ dZ3 * relu_deriv(Z2)
    dW2 = 1 / n * dZ2 @ A1.T
    db2 = 1 / n * np.sum(dZ2, 1).reshape(-1, 1)
    dZ1 = W2.T @ dZ2 * relu_deriv(Z1)
    dW1 = 1 / n * dZ1 @ X.T
    db1 = 1 / n * np.sum(dZ1, 1).reshape(-1, 1)
    return dW1, db1, dW2, db2, dW3, db3
""", [
        ("W3.T @ dZ3 * relu_deriv(Z2)", "W3.T @ dZ3 * relu_deriv(Z1)",
         ("slope-of-other-layer", "raised")),
        ("dZ3 @ A2.T", "dZ3 @ Z2.T", "wrong-layer-input"),
    ]),
    # ---------------------------------------------------- dictionaries, as in courses
    ("course back", "two", "backward_propagation", "right", """
def backward_propagation(parameters, cache, X, Y):
    m = X.shape[1]
    W1 = parameters["W1"]
    W2 = parameters["W2"]
    A1 = cache["A1"]
    A2 = cache["A2"]
    dZ2 = A2 - Y
    dW2 = np.dot(dZ2, A1.T) / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = np.multiply(np.dot(W2.T, dZ2), 1 - np.power(A1, 2))
    dW1 = np.dot(dZ1, X.T) / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    grads = {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}
    return grads
""", [
        ("dZ2 = A2 - Y", "dZ2 = Y - A2", "wrong-sign"),
        ("1 - np.power(A1, 2)", "A1 * (1 - A1)", "slope-of-other-activation"),
        ("db1 = np.sum(dZ1, axis=1, keepdims=True) / m",
         "db1 = np.sum(dZ1, axis=0, keepdims=True) / m", "bias-wrong-axis"),
        ("np.dot(W2.T, dZ2)", "np.dot(W2, dZ2)", "transpose-missing"),
    ]),
    ("course forward, one cache of a tuple", "two", "forward_propagation", "right", """
def forward_propagation(X, parameters):
    W1, b1 = parameters["W1"], parameters["b1"]
    W2, b2 = parameters["W2"], parameters["b2"]
    Z1 = np.dot(W1, X) + b1
    A1 = np.tanh(Z1)
    Z2 = np.dot(W2, A1) + b2
    A2 = sigmoid(Z2)
    cache = (Z1, A1, W1, b1, Z2, A2, W2, b2)
    return A2, cache
""", [
        ("np.dot(W2, A1)", "np.dot(W2, Z1)", "wrong-layer-input"),
        ("A2 = sigmoid(Z2)", "A2 = np.tanh(Z2)", "other-activation"),
    ]),
    ("course back, one cache of a tuple", "three", "backward_propagation", "right", """
def backward_propagation(X, Y, cache):
    m = X.shape[1]
    (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3) = cache
    dZ3 = A3 - Y
    dW3 = 1. / m * np.dot(dZ3, A2.T)
    db3 = 1. / m * np.sum(dZ3, axis=1, keepdims=True)
    dA2 = np.dot(W3.T, dZ3)
    dZ2 = np.multiply(dA2, np.int64(A2 > 0))
    dW2 = 1. / m * np.dot(dZ2, A1.T)
    db2 = 1. / m * np.sum(dZ2, axis=1, keepdims=True)
    dA1 = np.dot(W2.T, dZ2)
    dZ1 = np.multiply(dA1, np.int64(A1 > 0))
    dW1 = 1. / m * np.dot(dZ1, X.T)
    db1 = 1. / m * np.sum(dZ1, axis=1, keepdims=True)
    return {"dZ3": dZ3, "dW3": dW3, "db3": db3, "dA2": dA2, "dZ2": dZ2, "dW2": dW2,
            "db2": db2, "dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1}
""", [
        ("dW2 = 1. / m * np.dot(dZ2, A1.T)", "dW2 = 1. / m * np.dot(dZ2, A1.T) * 2",
         "scaled"),
        ("db1 = 1. / m", "db1 = 4. / m", "scaled"),
    ]),
    ("course cost", "two", "compute_cost", "right", """
def compute_cost(A2, Y):
    m = Y.shape[1]
    logprobs = np.multiply(np.log(A2), Y) + np.multiply(np.log(1 - A2), 1 - Y)
    cost = -np.sum(logprobs) / m
    return float(np.squeeze(cost))
""", [
        ("-np.sum(logprobs)", "np.sum(logprobs)", "wrong-sign"),
        (" + np.multiply(np.log(1 - A2), 1 - Y)", "", "cost-part-missing"),
        (" / m", "", "mean-missing"),
    ]),
    ("course cost by products", "relu sigmoid", "compute_cost", "right", """
def compute_cost(AL, Y):
    m = Y.shape[1]
    cost = (1. / m) * (-np.dot(Y, np.log(AL).T) - np.dot(1 - Y, np.log(1 - AL).T))
    cost = np.squeeze(cost)
    return cost
""", [
        ("- np.dot(1 - Y", "+ np.dot(1 - Y", "cost-part-sign"),
        ("np.log(", "np.log10(", "other-logarithm"),
    ]),
    ("course update in a loop", "relu relu sigmoid", "update_parameters", "right", """
def update_parameters(params, grads, learning_rate):
    parameters = params.copy()
    L = len(parameters) // 2
    for l in range(L):
        key = str(l + 1)
        parameters["W" + key] = params["W" + key] - learning_rate * grads["dW" + key]
        parameters["b" + key] = params["b" + key] - learning_rate * grads["db" + key]
    return parameters
""", [
        ('params["W" + key] - learning_rate * grads["dW" + key]',
         '- learning_rate * grads["dW" + key]', "step-for-parameter"),
        ('["b" + key] - learning_rate * grads["db" + key]', '["b" + key]',
         "bias-zero"),
    ]),
    ("any depth, forward", "relu relu sigmoid", "L_model_forward", "right", """
def linear_activation_forward(A_prev, W, b, activation):
    Z = W @ A_prev + b
    A = relu(Z) if activation == "relu" else sigmoid(Z)
    return A, ((A_prev, W, b), Z)

def L_model_forward(X, parameters):
    caches = []
    A = X
    L = len(parameters) // 2
    for l in range(1, L):
        A, cache = linear_activation_forward(
            A, parameters["W" + str(l)], parameters["b" + str(l)], "relu")
        caches.append(cache)
    AL, cache = linear_activation_forward(
        A, parameters["W" + str(L)], parameters["b" + str(L)], "sigmoid")
    caches.append(cache)
    return AL, caches
""", [
        ("Z = W @ A_prev + b", "Z = W @ A_prev - b", ("bias-subtracted", "wrong-sign")),
        ('"sigmoid")', '"relu")', "other-activation"),
    ]),
    ("any depth, back", "relu relu sigmoid", "L_model_backward", "right", """
def linear_activation_backward(dA, cache, activation):
    (A_prev, W, b), Z = cache
    if activation == "relu":
        dZ = np.array(dA, copy=True)
        dZ[Z <= 0] = 0
    else:
        s = sigmoid(Z)
        dZ = dA * s * (1 - s)
    m = A_prev.shape[1]
    dW = dZ @ A_prev.T / m
    db = np.sum(dZ, axis=1, keepdims=True) / m
    return W.T @ dZ, dW, db

def L_model_backward(AL, Y, caches):
    grads = {}
    L = len(caches)
    Y = Y.reshape(AL.shape)
    dA = -(np.divide(Y, AL) - np.divide(1 - Y, 1 - AL))
    for l in reversed(range(L)):
        kind = "sigmoid" if l == L - 1 else "relu"
        dA_prev, dW, db = linear_activation_backward(dA, caches[l], kind)
        grads["dA" + str(l)] = dA_prev
        grads["dW" + str(l + 1)] = dW
        grads["db" + str(l + 1)] = db
        dA = dA_prev
    return grads
""", [
        ("m = A_prev.shape[1]", "m = A_prev.shape[0]",
         "mean-over-wrong-axis"),
        ("dZ[Z <= 0] = 0", "dZ[dA <= 0] = 0", "relu-of-gradient"),
        ("dW = dZ @ A_prev.T / m", "dW = dZ @ A_prev.T", "mean-missing"),
    ]),
    ("any depth, small keys", "relu softmax", "backprop", "right", """
def backprop(params, cache, x, y):
    n = x.shape[1]
    grads = {}
    dz = cache["a2"] - y
    for i in (2, 1):
        below = cache["a1"] if i == 2 else x
        grads[f"w{i}"] = dz @ below.T / n
        grads[f"b{i}"] = dz.sum(axis=1, keepdims=True) / n
        if i == 2:
            dz = params["w2"].T @ dz * (cache["z1"] > 0)
    return grads
""", [
        ('(cache["z1"] > 0)', '(cache["z1"] < 0)', "slope-formula"),
        ('params["w2"].T @ dz', 'params["w2"].T @ cache["a2"]',
         "error-not-sent-back"),
    ]),
    ("two matrices from outside", "two", "backward", "right", """
W1, b1 = rng.standard_normal((4, 2)), np.zeros((4, 1))
W2, b2 = rng.standard_normal((1, 4)), np.zeros((1, 1))

def backward(X, Y, A1, A2):
    m = X.shape[1]
    d2 = (A2 - Y) / m
    d1 = W2.T @ d2 * (1 - A1 ** 2)
    return d1 @ X.T, d1.sum(1, keepdims=True), d2 @ A1.T, d2.sum(1, keepdims=True)
""", [
        ("(1 - A1 ** 2)", "(1 - A1)", "slope-formula"),
    ]),
    ("everything from outside", "two", "forward", "right", """
W1, b1 = rng.standard_normal((4, 2)), np.zeros((4, 1))
W2, b2 = rng.standard_normal((1, 4)), np.zeros((1, 1))

def forward(X):
    Z1 = W1 @ X + b1
    A1 = np.tanh(Z1)
    Z2 = W2 @ A1 + b2
    return sigmoid(Z2), (Z1, A1, Z2)
""", [
        ("W1 @ X + b1", "W1 @ X", "bias-missing"),
    ]),
    # --------------------------------------------------- one example per row
    ("rows back", "tanh softmax", "backward_prop", "right", """
def backward_prop(model, cache, X, y):
    W1, b1, W2, b2 = model["W1"], model["b1"], model["W2"], model["b2"]
    a1, a2 = cache["A1"], cache["A2"]
    n = y.shape[0]
    dz2 = a2 - y
    dW2 = 1 / n * a1.T.dot(dz2)
    db2 = 1 / n * np.sum(dz2, axis=0)
    dz1 = np.multiply(dz2.dot(W2.T), 1 - np.power(a1, 2))
    dW1 = 1 / n * np.dot(X.T, dz1)
    db1 = 1 / n * np.sum(dz1, axis=0)
    return {"dW2": dW2, "db2": db2, "dW1": dW1, "db1": db1}
""", [
        ("dz2 = a2 - y", "dz2 = y - a2", "wrong-sign"),
        ("1 - np.power(a1, 2)", "1 - np.power(np.tanh(a1), 2)",
         "slope-of-activation"),
    ]),
    ("rows, labels as numbers", "tanh softmax", "backprop", "right", """
def backprop(X, y, W1, b1, W2, b2):
    n = len(X)
    a1 = np.tanh(X.dot(W1) + b1)
    scores = a1.dot(W2) + b2
    e = np.exp(scores)
    probs = e / np.sum(e, axis=1, keepdims=True)
    delta3 = probs
    delta3[range(n), y] -= 1
    delta3 /= n
    dW2 = a1.T.dot(delta3)
    db2 = np.sum(delta3, axis=0, keepdims=True)
    delta2 = delta3.dot(W2.T) * (1 - np.power(a1, 2))
    dW1 = np.dot(X.T, delta2)
    db1 = np.sum(delta2, axis=0)
    return dW1, db1, dW2, db2
""", [
        ("dW2 = a1.T.dot(delta3)", "dW2 = a1.T.dot(delta3) + 0.01 * W2",
         "weight-decay"),
        (" * (1 - np.power(a1, 2))", "", "slope-missing"),
        ("delta3 /= n", "pass", "mean-missing"),
    ]),
    ("rows forward", "relu softmax", "forward", "right", """
def forward(x, w1, b1, w2, b2):
    z1 = x @ w1 + b1
    a1 = np.maximum(z1, 0)
    z2 = a1 @ w2 + b2
    a2 = softmax_rows(z2)
    return z1, a1, z2, a2
""", [
        ("np.maximum(z1, 0)", "np.maximum(z1, 0.1 * z1)",
         ("other-activation", "activation-formula")),
        ("softmax_rows(z2)", "softmax(z2)", "softmax-axis"),
    ]),
    ("rows loss with numbers", "relu softmax", "cross_entropy_loss", "right", """
def cross_entropy_loss(probs, y):
    n = probs.shape[0]
    return -np.sum(np.log(probs[np.arange(n), y])) / n
""", [
        (" / n", "", "mean-missing"),
    ]),
    ("rows, small net with one output", "sigmoid sigmoid", "backward", "right", """
def backward(X, y, Z1, A1, Z2, A2, W2):
    n = X.shape[0]
    y = y.reshape(-1, 1)
    dZ2 = A2 - y
    dW2 = np.dot(A1.T, dZ2) / n
    db2 = np.sum(dZ2, axis=0) / n
    dZ1 = np.dot(dZ2, W2.T) * sigmoid_derivative(A1)
    dW1 = np.dot(X.T, dZ1) / n
    db1 = np.sum(dZ1, axis=0) / n
    return dW1, db1, dW2, db2
""", [
        ("sigmoid_derivative(A1)", "sigmoid_derivative(Z1)",
         "slope-of-preactivation"),
        ("dZ2 = A2 - y", "dZ2 = (A2 - y) * A2 * (1 - A2)", "output-slope-extra"),
    ]),
    # ------------------------------------------------------------- squared errors
    ("squares back", "squares", "backprop", "right", """
def backprop(x, y, params, cache):
    n = x.shape[1]
    a1, a2 = cache["A1"], cache["A2"]
    delta2 = (a2 - y) * a2 * (1 - a2)
    delta1 = params["W2"].T.dot(delta2) * a1 * (1 - a1)
    return {
        "W1": delta1.dot(x.T) / n, "b1": delta1.mean(axis=1, keepdims=True),
        "W2": delta2.dot(a1.T) / n, "b2": delta2.mean(axis=1, keepdims=True),
    }
""", [
        ("(a2 - y) * a2 * (1 - a2)", "(a2 - y)", "output-slope-missing"),
        ("* a1 * (1 - a1)", "* a1 * (1 + a1)", "slope-formula"),
    ]),
    ("squares cost", "squares", "mse_loss", "right", """
def mse_loss(y_true, y_pred):
    return 0.5 * np.sum((y_true - y_pred) ** 2) / y_true.shape[1]
""", [
        ("0.5 * np.sum((y_true - y_pred) ** 2)", "np.sum((y_true - y_pred) ** 2)",
         "scaled"),
        ("(y_true - y_pred) ** 2", "(y_true - y_pred)", "square-missing"),
    ]),
    ("squares, lists of layers", "squares", "backprop", "right", """
def backprop(x, y, weights, biases):
    activations, zs = [x], []
    for w, b in zip(weights, biases):
        zs.append(w @ activations[-1] + b)
        activations.append(sigmoid(zs[-1]))
    n = x.shape[1]
    nabla_w, nabla_b = [0] * len(weights), [0] * len(weights)
    delta = (activations[-1] - y) * activations[-1] * (1 - activations[-1])
    for l in range(1, len(weights) + 1):
        if l > 1:
            a = activations[-l]
            delta = weights[-l + 1].T @ delta * a * (1 - a)
        nabla_w[-l] = delta @ activations[-l - 1].T / n
        nabla_b[-l] = delta.mean(axis=1, keepdims=True)
    return nabla_b, nabla_w
""", [
        ("(activations[-1] - y)", "(y - activations[-1])", "wrong-sign"),
        ("* a * (1 - a)", "", "slope-missing"),
    ]),
    # ------------------------------------------------------------------- classes
    ("class that moves its weights", "squares", "NeuralNetwork", "right", """
class NeuralNetwork:
    def __init__(self, input_size, hidden_size, output_size, lr=0.1):
        self.W1 = np.random.randn(input_size, hidden_size)
        self.b1 = np.zeros((1, hidden_size))
        self.W2 = np.random.randn(hidden_size, output_size)
        self.b2 = np.zeros((1, output_size))
        self.lr = lr

    def forward(self, X):
        self.z1 = np.dot(X, self.W1) + self.b1
        self.a1 = sigmoid(self.z1)
        self.z2 = np.dot(self.a1, self.W2) + self.b2
        self.a2 = sigmoid(self.z2)
        return self.a2

    def backward(self, X, y, output):
        n = X.shape[0]
        d_output = (output - y) * sigmoid_derivative(output)
        d_hidden = d_output.dot(self.W2.T) * sigmoid_derivative(self.a1)
        self.W2 -= self.lr * self.a1.T.dot(d_output) / n
        self.b2 -= self.lr * np.sum(d_output, axis=0, keepdims=True) / n
        self.W1 -= self.lr * X.T.dot(d_hidden) / n
        self.b1 -= self.lr * np.sum(d_hidden, axis=0, keepdims=True) / n
""", [
        ("sigmoid_derivative(self.a1)", "sigmoid_derivative(self.z1)",
         "slope-of-preactivation"),
        ("(output - y)", "(y - output)", "wrong-sign"),
        ("sigmoid_derivative(output)", "1", "output-slope-missing"),
    ]),
    ("class with long names", "squares", "NeuralNet", "right", """
class NeuralNet:
    def __init__(self, n_input, n_hidden, n_output):
        self.weights_input_hidden = np.random.rand(n_input, n_hidden)
        self.weights_hidden_output = np.random.rand(n_hidden, n_output)
        self.bias_hidden = np.zeros((1, n_hidden))
        self.bias_output = np.zeros((1, n_output))

    def feedforward(self, X):
        self.hidden_input = X @ self.weights_input_hidden + self.bias_hidden
        self.hidden_output = sigmoid(self.hidden_input)
        self.final_input = (
            self.hidden_output @ self.weights_hidden_output + self.bias_output)
        self.predicted = sigmoid(self.final_input)
        return self.predicted

    def backward(self, X, y, learning_rate):
        n = len(X)
        error = y - self.predicted
        delta = error * sigmoid_derivative(self.predicted)
        hidden_error = delta.dot(self.weights_hidden_output.T)
        hidden_delta = hidden_error * sigmoid_derivative(self.hidden_output)
        self.weights_hidden_output += (
            self.hidden_output.T.dot(delta) * learning_rate / n)
        self.bias_output += delta.sum(axis=0, keepdims=True) * learning_rate / n
        self.weights_input_hidden += X.T.dot(hidden_delta) * learning_rate / n
        self.bias_hidden += hidden_delta.sum(axis=0) * learning_rate / n
""", [
        ("hidden_delta = hidden_error * sigmoid_derivative(self.hidden_output)",
         "hidden_delta = hidden_error", "slope-missing"),
        (" * learning_rate / n", " * learning_rate", "mean-missing"),
    ]),
    ("class that keeps its gradients", "two", "Net.backward", "right", """
class Net:
    def __init__(self, layer_sizes):
        n_x, n_h, n_y = layer_sizes
        self.W1 = rng.standard_normal((n_h, n_x))
        self.b1 = np.zeros((n_h, 1))
        self.W2 = rng.standard_normal((n_y, n_h))
        self.b2 = np.zeros((n_y, 1))

    def forward(self, X):
        self.A1 = np.tanh(self.W1 @ X + self.b1)
        self.A2 = sigmoid(self.W2 @ self.A1 + self.b2)
        return self.A2

    def backward(self, X, Y):
        n = X.shape[1]
        dZ2 = self.A2 - Y
        self.dW2 = dZ2 @ self.A1.T / n
        self.db2 = dZ2.sum(axis=1, keepdims=True) / n
        dZ1 = self.W2.T @ dZ2 * (1 - self.A1 ** 2)
        self.dW1 = dZ1 @ X.T / n
        self.db1 = dZ1.sum(axis=1, keepdims=True) / n

    def step(self, lr):
        self.W1 -= lr * self.dW1
        self.b1 -= lr * self.db1
        self.W2 -= lr * self.dW2
        self.b2 -= lr * self.db2
""", [
        ("dZ1 @ X.T / n", "dZ1 @ X.T", "mean-missing"),
        ("(1 - self.A1 ** 2)", "self.A1 * (1 - self.A1)",
         "slope-of-other-activation"),
    ]),
    ("class that returns its gradients", "relu softmax", "MLP", "right", """
class MLP:
    def __init__(self, input_dim, hidden_dim, output_dim):
        self.w1 = rng.standard_normal((input_dim, hidden_dim))
        self.b1 = np.zeros(hidden_dim)
        self.w2 = rng.standard_normal((hidden_dim, output_dim))
        self.b2 = np.zeros(output_dim)

    def forward(self, x):
        self.z1 = x @ self.w1 + self.b1
        self.a1 = relu(self.z1)
        self.z2 = self.a1 @ self.w2 + self.b2
        return softmax_rows(self.z2)

    def backward(self, x, y):
        probs = self.forward(x)
        n = x.shape[0]
        dz2 = (probs - y) / n
        dw2 = self.a1.T @ dz2
        db2 = dz2.sum(axis=0)
        dz1 = dz2 @ self.w2.T * (self.z1 > 0)
        dw1 = x.T @ dz1
        db1 = dz1.sum(axis=0)
        return dw1, db1, dw2, db2
""", [
        (" * (self.z1 > 0)", "", "slope-missing"),
        ("dw2 = self.a1.T @ dz2", "dw2 = self.z1.T @ dz2", "wrong-layer-input"),
    ]),
    ("one example at a time", "squares", "Network", "right", """
class Network:
    def __init__(self, sizes):
        self.num_layers = len(sizes)
        self.biases = [np.random.randn(y, 1) for y in sizes[1:]]
        self.weights = [np.random.randn(y, x) for x, y in zip(sizes[:-1], sizes[1:])]

    def feedforward(self, a):
        for b, w in zip(self.biases, self.weights):
            a = sigmoid(np.dot(w, a) + b)
        return a

    def backprop(self, x, y):
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        activation, activations, zs = x, [x], []
        for b, w in zip(self.biases, self.weights):
            zs.append(np.dot(w, activation) + b)
            activation = sigmoid(zs[-1])
            activations.append(activation)
        delta = (activations[-1] - y) * self.prime(zs[-1])
        nabla_b[-1] = delta
        nabla_w[-1] = np.dot(delta, activations[-2].T)
        for l in range(2, self.num_layers):
            delta = np.dot(self.weights[-l + 1].T, delta) * self.prime(zs[-l])
            nabla_b[-l] = delta
            nabla_w[-l] = np.dot(delta, activations[-l - 1].T)
        return nabla_b, nabla_w

    def prime(self, z):
        return sigmoid(z) * (1 - sigmoid(z))
""", [
        ("sigmoid(z) * (1 - sigmoid(z))", "z * (1 - z)", "slope-of-preactivation"),
        ("np.dot(self.weights[-l + 1].T, delta) * self.prime(zs[-l])",
         "np.dot(self.weights[-l + 1].T, delta)", "slope-missing"),
    ]),
    ("class with a dictionary", "relu sigmoid", "TwoLayerNet", "right", """
class TwoLayerNet:
    def __init__(self, n_x, n_h, n_y):
        self.params = {}
        self.params["W1"] = rng.standard_normal((n_h, n_x))
        self.params["b1"] = np.zeros((n_h, 1))
        self.params["W2"] = rng.standard_normal((n_y, n_h))
        self.params["b2"] = np.zeros((n_y, 1))

    def gradient(self, x, t):
        W2, n = self.params["W2"], x.shape[1]
        z1 = self.params["W1"] @ x + self.params["b1"]
        a1 = relu(z1)
        y = sigmoid(W2 @ a1 + self.params["b2"])
        dy = (y - t) / n
        dz1 = (W2.T @ dy) * (z1 > 0)
        return {"W1": dz1 @ x.T, "b1": dz1.sum(1, keepdims=True),
                "W2": dy @ a1.T, "b2": dy.sum(1, keepdims=True)}
""", [
        ("(y - t) / n", "(y - t) / n ** 2", "mean-twice"),
        ("(W2.T @ dy) * (z1 > 0)", "(W2.T @ dy) * z1",
         ("activation-for-slope", "slope-formula")),
    ]),
    ("object of a class", "two", "model.backward", "right", """
class Model:
    def __init__(self, n_inputs, n_hidden):
        self.w1 = rng.standard_normal((n_hidden, n_inputs))
        self.bias1 = np.zeros((n_hidden, 1))
        self.w2 = rng.standard_normal((1, n_hidden))
        self.bias2 = np.zeros((1, 1))

    def forward(self, x):
        self.a1 = np.tanh(self.w1 @ x + self.bias1)
        self.a2 = sigmoid(self.w2 @ self.a1 + self.bias2)
        return self.a2

    def backward(self, x, y):
        d2 = (self.a2 - y) / x.shape[1]
        d1 = self.w2.T @ d2 * (1 - self.a1 ** 2)
        return (d1 @ x.T, d1.sum(1, keepdims=True), d2 @ self.a1.T,
                d2.sum(1, keepdims=True))

model = Model(2, 4)
""", [
        ("self.w2.T @ d2 * (1 - self.a1 ** 2)", "self.w2.T @ d2", "slope-missing"),
    ]),
    # -------------------------------------------------------- what has to be helped
    ("layers as objects", "relu sigmoid", "Sequential", "helped", """
class Dense:
    def __init__(self, n_in, n_out):
        self.W, self.b = rng.standard_normal((n_out, n_in)), np.zeros((n_out, 1))

    def forward(self, x):
        self.x = x
        return self.W @ x + self.b

    def backward(self, grad):
        self.gW, self.gb = grad @ self.x.T, grad.sum(axis=1, keepdims=True)
        return self.W.T @ grad

class Sequential:
    def __init__(self, *sizes):
        self.first, self.second = Dense(*sizes[:2]), Dense(*sizes[1:])

    def forward(self, x):
        self.z = self.first.forward(x)
        return sigmoid(self.second.forward(relu(self.z)))

    def backward(self, x, y):
        grad = (self.forward(x) - y) / x.shape[1]
        self.first.backward(self.second.backward(grad) * (self.z > 0))
""", []),
    ("words of its own", "squares", "backpropagate", "helped", """
def backpropagate(xs, ys, w_hidden, w_out, act_hidden, act_out):
    n = xs.shape[1]
    d_out = (act_out - ys) * act_out * (1 - act_out)
    d_hidden = w_out.T @ d_out * act_hidden * (1 - act_hidden)
    return {"dW1": d_hidden @ xs.T / n, "db1": d_hidden.mean(axis=1, keepdims=True),
            "dW2": d_out @ act_hidden.T / n, "db2": d_out.mean(axis=1, keepdims=True)}
""", []),
    ("with a strength of decay", "two", "backward_propagation", "helped", """
def backward_propagation(parameters, cache, X, Y, lambd):
    m = X.shape[1]
    A1, A2, W1, W2 = cache["A1"], cache["A2"], parameters["W1"], parameters["W2"]
    d2 = A2 - Y
    d1 = W2.T @ d2 * (1 - A1 ** 2)
    return {"dW1": d1 @ X.T / m + lambd / m * W1, "db1": d1.mean(1, keepdims=True),
            "dW2": d2 @ A1.T / m + lambd / m * W2, "db2": d2.mean(1, keepdims=True)}
""", []),
    ("a step of training", "two", "train_step", "right", """
def train_step(X, Y, W1, b1, W2, b2, lr):
    A1 = np.tanh(W1 @ X + b1)
    A2 = sigmoid(W2 @ A1 + b2)
    d2 = (A2 - Y) / X.shape[1]
    d1 = W2.T @ d2 * (1 - A1 ** 2)
    W1, W2 = W1 - lr * d1 @ X.T, W2 - lr * d2 @ A1.T
    b1, b2 = b1 - lr * d1.sum(1, keepdims=True), b2 - lr * d2.sum(1, keepdims=True)
    return W1, b1, W2, b2
""", [
        ("d2 = (A2 - Y)", "d2 = (Y - A2)", "wrong-sign"),
        ("(1 - A1 ** 2)", "(1 - A2 ** 2)", "slope-of-other-layer"),
    ]),
    ("a step with a dictionary", "sigmoid sigmoid", "step", "right", """
def step(X, Y, parameters, learning_rate=0.5):
    n = X.shape[1]
    A1 = sigmoid(parameters["W1"] @ X + parameters["b1"])
    A2 = sigmoid(parameters["W2"] @ A1 + parameters["b2"])
    d2 = A2 - Y
    d1 = parameters["W2"].T @ d2 * A1 * (1 - A1)
    parameters["W2"] -= learning_rate * d2 @ A1.T / n
    parameters["b2"] -= learning_rate * d2.mean(axis=1, keepdims=True)
    parameters["W1"] -= learning_rate * d1 @ X.T / n
    parameters["b1"] -= learning_rate * d1.mean(axis=1, keepdims=True)
    return parameters
""", [
        ("A1.T / n\n", "A1.T\n", "mean-missing"),
    ]),
    ("a part of one layer", "two", "linear_backward", "helped", """
def linear_backward(dZ, cache):
    A_prev, W, b = cache
    n = A_prev.shape[1]
    return W.T @ dZ, dZ @ A_prev.T / n, np.sum(dZ, axis=1, keepdims=True) / n
""", []),
    ("an activation", "two", "softmax", "helped", "", []),
    # ------------------------------------------------------------ more, less orderly
    ("flat biases, prints", "two", "backward_pass", "right", """
def backward_pass(X, Y, cache, params, verbose=False):
    print("going back", X.shape)
    m = X.shape[1]
    dZ2 = cache["A2"] - Y
    dW2 = (1 / m) * (dZ2 @ cache["A1"].T)
    db2 = (1 / m) * np.sum(dZ2, axis=1)
    dZ1 = (params["W2"].T @ dZ2) * (1 - cache["A1"] ** 2)
    dW1 = (1 / m) * (dZ1 @ X.T)
    db1 = (1 / m) * np.sum(dZ1, axis=1)
    return dict(dW1=dW1, db1=db1, dW2=dW2, db2=db2)
""", [
        ("1 - cache[\"A1\"] ** 2", "1 - cache[\"Z1\"] ** 2", "slope-of-preactivation"),
    ]),
    ("long names for arrays", "relu sigmoid", "backward", "right", """
def backward(inputs, targets, weights1, weights2, z1, a1, a2):
    n = inputs.shape[1]
    dz2 = a2 - targets
    dz1 = np.dot(weights2.T, dz2) * np.where(z1 > 0, 1, 0)
    grad_w2, grad_b2 = dz2 @ a1.T / n, np.mean(dz2, axis=1, keepdims=True)
    grad_w1, grad_b1 = dz1 @ inputs.T / n, np.mean(dz1, axis=1, keepdims=True)
    return grad_w1, grad_w2, grad_b1, grad_b2
""", [
        ("dz2 = a2 - targets", "dz2 = targets - a2", "wrong-sign"),
        ("np.where(z1 > 0, 1, 0)", "np.where(z1 > 0, z1, 0)", "activation-for-slope"),
    ]),
    ("weights before biases", "two", "forward_prop", "right", """
def forward_prop(x, W1, W2, b1, b2):
    h = np.tanh(W1 @ x + b1)
    yhat = sigmoid(W2 @ h + b2)
    return yhat, {"A1": h}
""", [
        ("W2 @ h + b2", "W2.T @ h + b2", "transpose-missing"),
        ("sigmoid(W2 @ h + b2)", "W2 @ h + b2", "activation-missing"),
    ]),
    ("cost and gradients together", "two", "nn_gradients", "right", """
def nn_gradients(X, Y, params):
    m = X.shape[1]
    A1 = np.tanh(params["W1"] @ X + params["b1"])
    A2 = sigmoid(params["W2"] @ A1 + params["b2"])
    cost = -np.mean(Y * np.log(A2) + (1 - Y) * np.log(1 - A2))
    d2 = A2 - Y
    d1 = params["W2"].T @ d2 * (1 - A1 ** 2)
    grads = {"dW1": d1 @ X.T / m, "db1": d1.mean(1, keepdims=True),
             "dW2": d2 @ A1.T / m, "db2": d2.mean(1, keepdims=True)}
    return cost, grads
""", [
        ("d1 @ X.T / m", "d1 @ X.T / (m - 1)", "mean-over-m-minus-1"),
    ]),
    ("an update that changes what it is handed", "two", "update", "right", """
def update(W1, B1, W2, B2, dW1, dB1, dW2, dB2, eta):
    W1 -= eta * dW1
    B1 -= eta * dB1
    W2 -= eta * dW2
    B2 -= eta * dB2
    return W1, B1, W2, B2
""", [
        ("B1 -= eta * dB1", "B1 -= dB1", "rate-missing"),
        ("W2 -= eta * dW2", "W2 -= eta * eta * dW2", "rate-twice"),
    ]),
    ("any depth, architecture", "relu relu sigmoid", "update", "right", """
def update(params_values, grads_values, nn_architecture, learning_rate):
    new = {}
    for i, layer in enumerate(nn_architecture, 1):
        for s in "Wb":
            new[f"{s}{i}"] = params_values[f"{s}{i}"] - (
                learning_rate * grads_values[f"d{s}{i}"])
    return new
""", [
        ("- (", "+ (", "wrong-sign"),
    ]),
    ("class of two matrices without biases", "squares", "NeuralNetwork", "helped", """
class NeuralNetwork:
    def __init__(self, x, y):
        self.input, self.y = x, y
        self.weights1 = np.random.rand(self.input.shape[1], 4)
        self.weights2 = np.random.rand(4, 1)
        self.output = np.zeros(self.y.shape)

    def feedforward(self):
        self.layer1 = sigmoid(np.dot(self.input, self.weights1))
        self.output = sigmoid(np.dot(self.layer1, self.weights2))

    def backprop(self):
        d2 = 2 * (self.y - self.output) * sigmoid_derivative(self.output)
        d1 = np.dot(d2, self.weights2.T) * sigmoid_derivative(self.layer1)
        self.weights1 += np.dot(self.input.T, d1)
        self.weights2 += np.dot(self.layer1.T, d2)
""", []),
    ("class, lists of layers, many examples", "sigmoid sigmoid", "DeepNet", "right", """
class DeepNet:
    def __init__(self, layers, learning_rate=0.1):
        self.learning_rate = learning_rate
        self.weights, self.biases = [], []
        for n_in, n_out in zip(layers[:-1], layers[1:]):
            self.weights.append(np.random.randn(n_in, n_out))
            self.biases.append(np.zeros((1, n_out)))

    def forward(self, X):
        self.activations = [X]
        for W, b in zip(self.weights, self.biases):
            self.activations.append(sigmoid(self.activations[-1] @ W + b))
        return self.activations[-1]

    def backward(self, y):
        m = y.shape[0]
        delta = self.activations[-1] - y
        for i in reversed(range(len(self.weights))):
            dW = self.activations[i].T @ delta / m
            db = delta.sum(axis=0, keepdims=True) / m
            a = self.activations[i]
            delta = delta @ self.weights[i].T * a * (1 - a)
            self.weights[i] -= self.learning_rate * dW
            self.biases[i] -= self.learning_rate * db
""", [
        (" * a * (1 - a)", "", "slope-missing"),
        ("delta.sum(axis=0, keepdims=True) / m", "delta.sum() / m",
         "bias-one-number"),
    ]),
    ("class, moved weights before they are used", "sigmoid sigmoid", "Net", "right", """
class Net:
    def __init__(self, input_nodes, hidden_nodes, output_nodes, learning_rate):
        self.wih = np.random.normal(0, 1, (hidden_nodes, input_nodes))
        self.who = np.random.normal(0, 1, (output_nodes, hidden_nodes))
        self.bih = np.zeros((hidden_nodes, 1))
        self.bho = np.zeros((output_nodes, 1))
        self.lr = learning_rate

    def train(self, inputs, targets):
        n = inputs.shape[1]
        hidden = sigmoid(np.dot(self.wih, inputs) + self.bih)
        final = sigmoid(np.dot(self.who, hidden) + self.bho)
        error = targets - final
        back = np.dot(self.who.T, error) * hidden * (1 - hidden)
        self.who += self.lr * np.dot(error, hidden.T) / n
        self.bho += self.lr * error.mean(axis=1, keepdims=True)
        self.wih += self.lr * np.dot(back, inputs.T) / n
        self.bih += self.lr * back.mean(axis=1, keepdims=True)
""", [
        ("error = targets - final", "error = final - targets", "wrong-sign"),
    ]),
    ("class with loss and gradients", "relu softmax", "Classifier", "right", """
class Classifier:
    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        self.params = {"W1": std * rng.standard_normal((input_size, hidden_size)),
                       "b1": np.zeros(hidden_size),
                       "W2": std * rng.standard_normal((hidden_size, output_size)),
                       "b2": np.zeros(output_size)}

    def loss(self, X, y=None, reg=0.0):
        h = np.maximum(0, X @ self.params["W1"] + self.params["b1"])
        p = softmax_rows(h @ self.params["W2"] + self.params["b2"])
        n = len(X)
        loss = -np.log(p[range(n), y]).mean()
        p[range(n), y] -= 1
        d1 = p @ self.params["W2"].T * (h > 0)
        return loss, {"W1": X.T @ d1 / n, "b1": d1.mean(0),
                      "W2": h.T @ p / n, "b2": p.mean(0)}
""", [
        (" * (h > 0)", "", "slope-missing"),
    ]),
    ("a whole program", "two", "nn_model", "helped", """
def nn_model(X, Y, n_h, num_iterations=10000, print_cost=False):
    parameters = initialize_parameters(X.shape[0], n_h, Y.shape[0])
    for i in range(num_iterations):
        A2, cache = forward_propagation(X, parameters)
        grads = backward_propagation(parameters, cache, X, Y)
        parameters = update_parameters(parameters, grads)
    return parameters
""", []),
    ("unrolled parameters", "sigmoid sigmoid", "nn_cost_function", "helped", """
def nn_cost_function(nn_params, input_layer_size, hidden_layer_size, num_labels, X, y,
                     lambda_):
    cut = hidden_layer_size * (input_layer_size + 1)
    theta1 = nn_params[:cut].reshape(hidden_layer_size, -1)
    theta2 = nn_params[cut:].reshape(num_labels, -1)
    return theta1.sum() + theta2.sum()
""", []),
    ("private names in a class", "sigmoid sigmoid", "DeepNeuralNetwork", "right", """
class DeepNeuralNetwork:
    def __init__(self, nx, layers):
        self.__L, self.__cache, self.__weights = len(layers), {}, {}
        for i, n in enumerate(layers):
            self.__weights[f"W{i + 1}"] = rng.standard_normal((n, nx))
            self.__weights[f"b{i + 1}"] = np.zeros((n, 1))
            nx = n

    def gradient_descent(self, Y, cache, alpha=0.05):
        m = Y.shape[1]
        dZ = cache[f"A{self.__L}"] - Y
        for i in range(self.__L, 0, -1):
            A, W = cache[f"A{i - 1}"], self.__weights[f"W{i}"]
            below = W.T @ dZ * A * (1 - A)
            self.__weights[f"W{i}"] = W - alpha * dZ @ A.T / m
            self.__weights[f"b{i}"] -= alpha * dZ.mean(axis=1, keepdims=True)
            dZ = below
""", [
        ("cache[f\"A{self.__L}\"] - Y", "Y - cache[f\"A{self.__L}\"]", "wrong-sign"),
        ("dZ @ A.T / m", "dZ @ A.T", "mean-missing"),
    ]),
]  # fmt: skip

# What a learner puts in for each `...` of the lines that are shown; or words that help.
HELP = {
    "layers as objects": [
        "nn.first.W", "nn.first.b", "nn.second.W", "nn.second.b",
        "nn.first.gW", "nn.first.gb", "nn.second.gW", "nn.second.gb",
    ],
    "words of its own": [
        "X", "Y", 'parameters["W1"]', 'parameters["W2"]', 'cache["A1"]', 'cache["A2"]',
    ],
    "with a strength of decay": ["0"],
    "class of two matrices without biases": "No bias was found",
    "a part of one layer": "exercises.layer_backward",
    "an activation": "exercises.softmax.check(softmax)",
    "unrolled parameters": "it computed the output itself",
    "a whole program": "Put each into a function of its own",
}  # fmt: skip


def pieces():
    """Yield (label, network, function, codes, its cells) of each base and edit."""
    for name, kind, handed, right, source, edits in BASES:
        for old, new, code in [("", "", right), *edits]:
            assert old in source, f"{name}: {old}"
            text = CELLS_ABOVE + (source.replace(old, new) if old else source)
            space = {}
            exec(text, space)
            label = f"{name}: {new or old}" if old else name
            codes = {code} if isinstance(code, str) else {*code}
            yield label, NETWORKS[kind], eval(handed, space), codes, space
