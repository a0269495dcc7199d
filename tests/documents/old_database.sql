-- A small database of the replaced server, with some of the dirt that real ones have. tests/documents/run loads it.
SET NAMES utf8mb4;
CREATE TABLE clients (client_id INT AUTO_INCREMENT PRIMARY KEY, username VARCHAR(255) NOT NULL, alias VARCHAR(255) NOT NULL,
  password_hash VARCHAR(64) NOT NULL, status VARCHAR(20) DEFAULT 'disconnected') ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE INDEX idx_username ON clients(username);
CREATE TABLE salons (salon_id INT AUTO_INCREMENT PRIMARY KEY, nom_salon VARCHAR(255) NOT NULL)
  ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE salons_adheres (id INT AUTO_INCREMENT PRIMARY KEY, username VARCHAR(255), salon_id INT,
  FOREIGN KEY (username) REFERENCES clients(username), FOREIGN KEY (salon_id) REFERENCES salons(salon_id))
  ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE messages (message_id INT AUTO_INCREMENT PRIMARY KEY, client_id INT, salon_id INT, contenu TEXT,
  timestamp TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP, FOREIGN KEY (client_id) REFERENCES clients(client_id),
  FOREIGN KEY (salon_id) REFERENCES salons(salon_id)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
INSERT INTO salons(nom_salon) VALUES ('Général'), ('Blabla'), ('Comptabilité'), ('Informatique'), ('Marketing');
INSERT INTO clients(client_id, username, alias, password_hash) VALUES (1, 'admin', 'chef', SHA2('secret', 256)),
  (2, 'server', 'server', 'hashed_admin_password'), (3, 'zoe', 'Zoe', SHA2('secret', 256)),
  (4, 'paul', 'Paul', SHA2('secret', 256)), (7, 'paul', 'Paul 2', SHA2('autre', 256));
INSERT INTO salons_adheres(username, salon_id) VALUES ('zoe', 1), ('zoe', 1), ('ZOE', 5);
INSERT INTO messages(client_id, salon_id, contenu) VALUES (3, 1, ' bonjour'), (4, 5, ' on se voit à midi ?');
